from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BankDetails")


@_attrs_define
class BankDetails:
    """An account of a partner; of its IBAN only the last four characters.

    Attributes:
        id (UUID):
        partner_id (UUID):
        account_holder (str):
        iban_last4 (str):
        bic (None | str):
        state (str):
        recorded_by (None | str):
        recorded_at (datetime.datetime):
        usable_from (datetime.datetime):
        confirmed_by (None | str):
        confirmed_at (datetime.datetime | None):
    """

    id: UUID
    partner_id: UUID
    account_holder: str
    iban_last4: str
    bic: None | str
    state: str
    recorded_by: None | str
    recorded_at: datetime.datetime
    usable_from: datetime.datetime
    confirmed_by: None | str
    confirmed_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        partner_id = str(self.partner_id)

        account_holder = self.account_holder

        iban_last4 = self.iban_last4

        bic: None | str
        bic = self.bic

        state = self.state

        recorded_by: None | str
        recorded_by = self.recorded_by

        recorded_at = self.recorded_at.isoformat()

        usable_from = self.usable_from.isoformat()

        confirmed_by: None | str
        confirmed_by = self.confirmed_by

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "partner_id": partner_id,
                "account_holder": account_holder,
                "iban_last4": iban_last4,
                "bic": bic,
                "state": state,
                "recorded_by": recorded_by,
                "recorded_at": recorded_at,
                "usable_from": usable_from,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        partner_id = UUID(d.pop("partner_id"))

        account_holder = d.pop("account_holder")

        iban_last4 = d.pop("iban_last4")

        def _parse_bic(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bic = _parse_bic(d.pop("bic"))

        state = d.pop("state")

        def _parse_recorded_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recorded_by = _parse_recorded_by(d.pop("recorded_by"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        usable_from = datetime.datetime.fromisoformat(d.pop("usable_from"))

        def _parse_confirmed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        confirmed_by = _parse_confirmed_by(d.pop("confirmed_by"))

        def _parse_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at"))

        bank_details = cls(
            id=id,
            partner_id=partner_id,
            account_holder=account_holder,
            iban_last4=iban_last4,
            bic=bic,
            state=state,
            recorded_by=recorded_by,
            recorded_at=recorded_at,
            usable_from=usable_from,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
        )

        bank_details.additional_properties = d
        return bank_details

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
