from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewDay")


@_attrs_define
class NewDay:
    """
    Attributes:
        execution_date (datetime.date):
    """

    execution_date: datetime.date

    def to_dict(self) -> dict[str, Any]:
        execution_date = self.execution_date.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "execution_date": execution_date,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        execution_date = datetime.date.fromisoformat(d.pop("execution_date"))

        new_day = cls(
            execution_date=execution_date,
        )

        return new_day
