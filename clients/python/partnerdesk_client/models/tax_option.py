from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tax_case import TaxCase, check_tax_case

T = TypeVar("T", bound="TaxOption")


@_attrs_define
class TaxOption:
    """The word of a case, and who confirmed it.

    Attributes:
        tax_case (TaxCase): What one document can hold: one case per payout. The last three are told by a document of
            our own only.
        option (str):
        confirmed_by (str):
        confirmed_at (datetime.datetime):
    """

    tax_case: TaxCase
    option: str
    confirmed_by: str
    confirmed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tax_case: str = self.tax_case

        option = self.option

        confirmed_by = self.confirmed_by

        confirmed_at = self.confirmed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tax_case": tax_case,
                "option": option,
                "confirmed_by": confirmed_by,
                "confirmed_at": confirmed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tax_case = check_tax_case(d.pop("tax_case"))

        option = d.pop("option")

        confirmed_by = d.pop("confirmed_by")

        confirmed_at = datetime.datetime.fromisoformat(d.pop("confirmed_at"))

        tax_option = cls(
            tax_case=tax_case,
            option=option,
            confirmed_by=confirmed_by,
            confirmed_at=confirmed_at,
        )

        tax_option.additional_properties = d
        return tax_option

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
