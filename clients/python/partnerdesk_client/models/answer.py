from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Answer")


@_attrs_define
class Answer:
    """Whether the turnover of `year` was above the limit.

    Attributes:
        year (int):
        above_limit (bool):
        answered_by (str):
        answered_at (datetime.datetime):
    """

    year: int
    above_limit: bool
    answered_by: str
    answered_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        year = self.year

        above_limit = self.above_limit

        answered_by = self.answered_by

        answered_at = self.answered_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "year": year,
                "above_limit": above_limit,
                "answered_by": answered_by,
                "answered_at": answered_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        year = d.pop("year")

        above_limit = d.pop("above_limit")

        answered_by = d.pop("answered_by")

        answered_at = datetime.datetime.fromisoformat(d.pop("answered_at"))

        answer = cls(
            year=year,
            above_limit=above_limit,
            answered_by=answered_by,
            answered_at=answered_at,
        )

        answer.additional_properties = d
        return answer

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
