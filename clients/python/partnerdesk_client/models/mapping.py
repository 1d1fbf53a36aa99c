from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.days import Days, check_days
from ..models.numbers import Numbers, check_numbers
from ..types import UNSET, Unset

T = TypeVar("T", bound="Mapping")


@_attrs_define
class Mapping:
    """For each heading the column that it is, or None: left out. How amounts and days are written, where it matters.

    Attributes:
        columns (list[None | str]):
        numbers (None | Numbers | Unset):
        days (Days | None | Unset):
    """

    columns: list[None | str]
    numbers: None | Numbers | Unset = UNSET
    days: Days | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        columns = []
        for columns_item_data in self.columns:
            columns_item: None | str
            columns_item = columns_item_data
            columns.append(columns_item)

        numbers: None | str | Unset
        if isinstance(self.numbers, Unset):
            numbers = UNSET
        elif isinstance(self.numbers, str):
            numbers = self.numbers
        else:
            numbers = self.numbers

        days: None | str | Unset
        if isinstance(self.days, Unset):
            days = UNSET
        elif isinstance(self.days, str):
            days = self.days
        else:
            days = self.days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "columns": columns,
            }
        )
        if numbers is not UNSET:
            field_dict["numbers"] = numbers
        if days is not UNSET:
            field_dict["days"] = days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        columns = []
        _columns = d.pop("columns")
        for columns_item_data in _columns:

            def _parse_columns_item(data: object) -> None | str:
                if data is None:
                    return data
                return cast(None | str, data)

            columns_item = _parse_columns_item(columns_item_data)

            columns.append(columns_item)

        def _parse_numbers(data: object) -> None | Numbers | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                numbers_type_0 = check_numbers(data)

                return numbers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Numbers | Unset, data)

        numbers = _parse_numbers(d.pop("numbers", UNSET))

        def _parse_days(data: object) -> Days | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                days_type_0 = check_days(data)

                return days_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Days | None | Unset, data)

        days = _parse_days(d.pop("days", UNSET))

        mapping = cls(
            columns=columns,
            numbers=numbers,
            days=days,
        )

        return mapping
