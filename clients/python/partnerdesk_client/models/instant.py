from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Instant")


@_attrs_define
class Instant:
    """
    Attributes:
        instant (bool):
    """

    instant: bool

    def to_dict(self) -> dict[str, Any]:
        instant = self.instant

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "instant": instant,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        instant = d.pop("instant")

        instant = cls(
            instant=instant,
        )

        return instant
