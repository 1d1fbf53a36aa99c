from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payee_check_result import PayeeCheckResult, check_payee_check_result

T = TypeVar("T", bound="PayeeCheck")


@_attrs_define
class PayeeCheck:
    """A result for an account. `reported` by a file of the bank; else a person read it on the bank's page.

    Attributes:
        id (UUID):
        bank_details_id (UUID):
        result (PayeeCheckResult):
        holder_at_bank (None | str):
        checked_on (datetime.date):
        reported (bool):
        recorded_by (str):
        recorded_at (datetime.datetime):
        confirmed_by (None | str):
        confirmed_at (datetime.datetime | None):
        confirmed_alone (bool):
    """

    id: UUID
    bank_details_id: UUID
    result: PayeeCheckResult
    holder_at_bank: None | str
    checked_on: datetime.date
    reported: bool
    recorded_by: str
    recorded_at: datetime.datetime
    confirmed_by: None | str
    confirmed_at: datetime.datetime | None
    confirmed_alone: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        bank_details_id = str(self.bank_details_id)

        result: str = self.result

        holder_at_bank: None | str
        holder_at_bank = self.holder_at_bank

        checked_on = self.checked_on.isoformat()

        reported = self.reported

        recorded_by = self.recorded_by

        recorded_at = self.recorded_at.isoformat()

        confirmed_by: None | str
        confirmed_by = self.confirmed_by

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        confirmed_alone = self.confirmed_alone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "bank_details_id": bank_details_id,
                "result": result,
                "holder_at_bank": holder_at_bank,
                "checked_on": checked_on,
                "reported": reported,
                "recorded_by": recorded_by,
                "recorded_at": recorded_at,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
                "confirmed_alone": confirmed_alone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        bank_details_id = UUID(d.pop("bank_details_id"))

        result = check_payee_check_result(d.pop("result"))

        def _parse_holder_at_bank(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        holder_at_bank = _parse_holder_at_bank(d.pop("holder_at_bank"))

        checked_on = datetime.date.fromisoformat(d.pop("checked_on"))

        reported = d.pop("reported")

        recorded_by = d.pop("recorded_by")

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

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

        confirmed_alone = d.pop("confirmed_alone")

        payee_check = cls(
            id=id,
            bank_details_id=bank_details_id,
            result=result,
            holder_at_bank=holder_at_bank,
            checked_on=checked_on,
            reported=reported,
            recorded_by=recorded_by,
            recorded_at=recorded_at,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
            confirmed_alone=confirmed_alone,
        )

        payee_check.additional_properties = d
        return payee_check

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
