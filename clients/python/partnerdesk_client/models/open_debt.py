from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

T = TypeVar("T", bound="OpenDebt")


@_attrs_define
class OpenDebt:
    """`net_cents` is below zero: what is left after all that may be paid in this tax case.

    Attributes:
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        net_cents (int):
    """

    tax_case: TaxCase
    net_cents: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tax_case: str = self.tax_case

        net_cents = self.net_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tax_case": tax_case,
                "net_cents": net_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tax_case = check_tax_case(d.pop("tax_case"))

        net_cents = d.pop("net_cents")

        open_debt = cls(
            tax_case=tax_case,
            net_cents=net_cents,
        )

        open_debt.additional_properties = d
        return open_debt

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
