from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RunWanted")


@_attrs_define
class RunWanted:
    """
    Attributes:
        cut_off (datetime.date | None | Unset): Cut-off: paid before this day, 0:00 (Europe/Berlin); else the first of
            this month
        rehearsal (bool | Unset): Rehearsal: all is computed, no payout is made Default: False.
    """

    cut_off: datetime.date | None | Unset = UNSET
    rehearsal: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        cut_off: None | str | Unset
        if isinstance(self.cut_off, Unset):
            cut_off = UNSET
        elif isinstance(self.cut_off, datetime.date):
            cut_off = self.cut_off.isoformat()
        else:
            cut_off = self.cut_off

        rehearsal = self.rehearsal

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if cut_off is not UNSET:
            field_dict["cut_off"] = cut_off
        if rehearsal is not UNSET:
            field_dict["rehearsal"] = rehearsal

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_cut_off(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cut_off_type_0 = datetime.date.fromisoformat(data)

                return cut_off_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        cut_off = _parse_cut_off(d.pop("cut_off", UNSET))

        rehearsal = d.pop("rehearsal", UNSET)

        run_wanted = cls(
            cut_off=cut_off,
            rehearsal=rehearsal,
        )

        return run_wanted
