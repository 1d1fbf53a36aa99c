from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OpenCommissions")


@_attrs_define
class OpenCommissions:
    """Commissions of one partner, state and tax case at the instant. Cents, net.

    Attributes:
        partner_code (str):
        partner_name (str):
        state (str):
        tax_case (str):
        commissions (int):
        net_cents (int):
    """

    partner_code: str
    partner_name: str
    state: str
    tax_case: str
    commissions: int
    net_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner_code = self.partner_code

        partner_name = self.partner_name

        state = self.state

        tax_case = self.tax_case

        commissions = self.commissions

        net_cents = self.net_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner_code": partner_code,
                "partner_name": partner_name,
                "state": state,
                "tax_case": tax_case,
                "commissions": commissions,
                "net_cents": net_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        state = d.pop("state")

        tax_case = d.pop("tax_case")

        commissions = d.pop("commissions")

        net_cents = d.pop("net_cents")

        open_commissions = cls(
            partner_code=partner_code,
            partner_name=partner_name,
            state=state,
            tax_case=tax_case,
            commissions=commissions,
            net_cents=net_cents,
        )

        open_commissions.additional_properties = d
        return open_commissions

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
