from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Removed")


@_attrs_define
class Removed:
    """
    Attributes:
        stops (list[str]): What happens no more from now on; empty where another access remains
        stops_codes (list[str]):
    """

    stops: list[str]
    stops_codes: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stops = self.stops

        stops_codes = self.stops_codes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stops": stops,
                "stops_codes": stops_codes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        stops = cast(list[str], d.pop("stops"))

        stops_codes = cast(list[str], d.pop("stops_codes"))

        removed = cls(
            stops=stops,
            stops_codes=stops_codes,
        )

        removed.additional_properties = d
        return removed

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
