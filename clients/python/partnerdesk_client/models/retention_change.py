from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.retention_change_days import RetentionChangeDays


T = TypeVar("T", bound="RetentionChange")


@_attrs_define
class RetentionChange:
    """
    Attributes:
        days (RetentionChangeDays): Days by kind; what is not named stays
    """

    days: RetentionChangeDays

    def to_dict(self) -> dict[str, Any]:
        days = self.days.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.retention_change_days import RetentionChangeDays  # noqa: PLC0415

        d = dict(src_dict)
        days = RetentionChangeDays.from_dict(d.pop("days"))

        retention_change = cls(
            days=days,
        )

        return retention_change
