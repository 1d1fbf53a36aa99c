from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WaitingAccount")


@_attrs_define
class WaitingAccount:
    """An account that a file brought and nobody has decided. `replaces_last4`: of the one in force.

    Attributes:
        id (UUID):
        partner_id (UUID):
        partner_code (str):
        partner_name (str):
        account_holder (str):
        iban_last4 (str):
        bic (None | str):
        recorded_by (None | str):
        replaces_last4 (None | str):
        is_shared (bool):
    """

    id: UUID
    partner_id: UUID
    partner_code: str
    partner_name: str
    account_holder: str
    iban_last4: str
    bic: None | str
    recorded_by: None | str
    replaces_last4: None | str
    is_shared: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        partner_id = str(self.partner_id)

        partner_code = self.partner_code

        partner_name = self.partner_name

        account_holder = self.account_holder

        iban_last4 = self.iban_last4

        bic: None | str
        bic = self.bic

        recorded_by: None | str
        recorded_by = self.recorded_by

        replaces_last4: None | str
        replaces_last4 = self.replaces_last4

        is_shared = self.is_shared

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "partner_id": partner_id,
                "partner_code": partner_code,
                "partner_name": partner_name,
                "account_holder": account_holder,
                "iban_last4": iban_last4,
                "bic": bic,
                "recorded_by": recorded_by,
                "replaces_last4": replaces_last4,
                "is_shared": is_shared,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        partner_id = UUID(d.pop("partner_id"))

        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        account_holder = d.pop("account_holder")

        iban_last4 = d.pop("iban_last4")

        def _parse_bic(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bic = _parse_bic(d.pop("bic"))

        def _parse_recorded_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recorded_by = _parse_recorded_by(d.pop("recorded_by"))

        def _parse_replaces_last4(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replaces_last4 = _parse_replaces_last4(d.pop("replaces_last4"))

        is_shared = d.pop("is_shared")

        waiting_account = cls(
            id=id,
            partner_id=partner_id,
            partner_code=partner_code,
            partner_name=partner_name,
            account_holder=account_holder,
            iban_last4=iban_last4,
            bic=bic,
            recorded_by=recorded_by,
            replaces_last4=replaces_last4,
            is_shared=is_shared,
        )

        waiting_account.additional_properties = d
        return waiting_account

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
