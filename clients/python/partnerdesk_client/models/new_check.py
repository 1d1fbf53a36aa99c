from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_check_result import NewCheckResult, check_new_check_result
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewCheck")


@_attrs_define
class NewCheck:
    """What the bank's page shows for one payment. `holder_at_bank` belongs to a close match.

    Attributes:
        result (NewCheckResult):
        holder_at_bank (None | str | Unset):
        checked_on (datetime.date | None | Unset):
    """

    result: NewCheckResult
    holder_at_bank: None | str | Unset = UNSET
    checked_on: datetime.date | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        result: str = self.result

        holder_at_bank: None | str | Unset
        if isinstance(self.holder_at_bank, Unset):
            holder_at_bank = UNSET
        else:
            holder_at_bank = self.holder_at_bank

        checked_on: None | str | Unset
        if isinstance(self.checked_on, Unset):
            checked_on = UNSET
        elif isinstance(self.checked_on, datetime.date):
            checked_on = self.checked_on.isoformat()
        else:
            checked_on = self.checked_on

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "result": result,
            }
        )
        if holder_at_bank is not UNSET:
            field_dict["holder_at_bank"] = holder_at_bank
        if checked_on is not UNSET:
            field_dict["checked_on"] = checked_on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        result = check_new_check_result(d.pop("result"))

        def _parse_holder_at_bank(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        holder_at_bank = _parse_holder_at_bank(d.pop("holder_at_bank", UNSET))

        def _parse_checked_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checked_on_type_0 = datetime.date.fromisoformat(data)

                return checked_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        checked_on = _parse_checked_on(d.pop("checked_on", UNSET))

        new_check = cls(
            result=result,
            holder_at_bank=holder_at_bank,
            checked_on=checked_on,
        )

        return new_check
