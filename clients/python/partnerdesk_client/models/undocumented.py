from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

T = TypeVar("T", bound="Undocumented")


@_attrs_define
class Undocumented:
    """What a partner rendered in the month and no document names. Net cents.

    Attributes:
        partner_code (str):
        partner_name (str):
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        lines (int):
        net_cents (int):
    """

    partner_code: str
    partner_name: str
    tax_case: TaxCase
    lines: int
    net_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner_code = self.partner_code

        partner_name = self.partner_name

        tax_case: str = self.tax_case

        lines = self.lines

        net_cents = self.net_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner_code": partner_code,
                "partner_name": partner_name,
                "tax_case": tax_case,
                "lines": lines,
                "net_cents": net_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        partner_code = d.pop("partner_code")

        partner_name = d.pop("partner_name")

        tax_case = check_tax_case(d.pop("tax_case"))

        lines = d.pop("lines")

        net_cents = d.pop("net_cents")

        undocumented = cls(
            partner_code=partner_code,
            partner_name=partner_name,
            tax_case=tax_case,
            lines=lines,
            net_cents=net_cents,
        )

        undocumented.additional_properties = d
        return undocumented

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
