from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="GivenRate")


@_attrs_define
class GivenRate:
    """So many units of the currency were one euro on that day, and who says so.

    Attributes:
        rate (float | str):
        day (datetime.date):
        source (str):
    """

    rate: float | str
    day: datetime.date
    source: str

    def to_dict(self) -> dict[str, Any]:
        rate: float | str
        rate = self.rate

        day = self.day.isoformat()

        source = self.source

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rate": rate,
                "day": day,
                "source": source,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_rate(data: object) -> float | str:
            return cast(float | str, data)

        rate = _parse_rate(d.pop("rate"))

        day = datetime.date.fromisoformat(d.pop("day"))

        source = d.pop("source")

        given_rate = cls(
            rate=rate,
            day=day,
            source=source,
        )

        return given_rate
