from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TurnoverAnswer")


@_attrs_define
class TurnoverAnswer:
    """
    Attributes:
        above_limit (bool): Whether the turnover of the year was above €800,000 (§ 27 (38) UStG)
    """

    above_limit: bool

    def to_dict(self) -> dict[str, Any]:
        above_limit = self.above_limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "above_limit": above_limit,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        above_limit = d.pop("above_limit")

        turnover_answer = cls(
            above_limit=above_limit,
        )

        return turnover_answer
