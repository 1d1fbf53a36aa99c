from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.open_commissions import OpenCommissions


T = TypeVar("T", bound="DayReport")


@_attrs_define
class DayReport:
    """What was owed at an instant, by partner and state.

    Attributes:
        at (datetime.datetime):
        rows (list[OpenCommissions]):
    """

    at: datetime.datetime
    rows: list[OpenCommissions]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.open_commissions import OpenCommissions  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = OpenCommissions.from_dict(rows_item_data)

            rows.append(rows_item)

        day_report = cls(
            at=at,
            rows=rows,
        )

        day_report.additional_properties = d
        return day_report

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
