from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Series")


@_attrs_define
class Series:
    """Numbers of one kind and year. `last` is where the counter stands.

    Attributes:
        kind (str):
        year (int):
        last (int):
        used (int):
        missing (list[str]):
        above (list[str]):
    """

    kind: str
    year: int
    last: int
    used: int
    missing: list[str]
    above: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        year = self.year

        last = self.last

        used = self.used

        missing = self.missing

        above = self.above

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "year": year,
                "last": last,
                "used": used,
                "missing": missing,
                "above": above,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        year = d.pop("year")

        last = d.pop("last")

        used = d.pop("used")

        missing = cast(list[str], d.pop("missing"))

        above = cast(list[str], d.pop("above"))

        series = cls(
            kind=kind,
            year=year,
            last=last,
            used=used,
            missing=missing,
            above=above,
        )

        series.additional_properties = d
        return series

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
