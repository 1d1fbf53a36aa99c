from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FourEyes")


@_attrs_define
class FourEyes:
    """What the rule says about one payout. Cents are EUR, gross: what leaves the bank.

    Attributes:
        limit_cents (int):
        counted_cents (int):
        above_limit (bool):
        switched_off (bool):
    """

    limit_cents: int
    counted_cents: int
    above_limit: bool
    switched_off: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        limit_cents = self.limit_cents

        counted_cents = self.counted_cents

        above_limit = self.above_limit

        switched_off = self.switched_off

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "limit_cents": limit_cents,
                "counted_cents": counted_cents,
                "above_limit": above_limit,
                "switched_off": switched_off,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        limit_cents = d.pop("limit_cents")

        counted_cents = d.pop("counted_cents")

        above_limit = d.pop("above_limit")

        switched_off = d.pop("switched_off")

        four_eyes = cls(
            limit_cents=limit_cents,
            counted_cents=counted_cents,
            above_limit=above_limit,
            switched_off=switched_off,
        )

        four_eyes.additional_properties = d
        return four_eyes

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
