from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Tier")


@_attrs_define
class Tier:
    """From this revenue on (inclusive). `fixed_cents` is per sale and for flat tiers only.

    Attributes:
        from_cents (int):
        percent (float | str | Unset):  Default: 0.0.
        fixed_cents (int | Unset):  Default: 0.
    """

    from_cents: int
    percent: float | str | Unset = 0.0
    fixed_cents: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        from_cents = self.from_cents

        percent: float | str | Unset
        if isinstance(self.percent, Unset):
            percent = UNSET
        else:
            percent = self.percent

        fixed_cents = self.fixed_cents

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "from_cents": from_cents,
            }
        )
        if percent is not UNSET:
            field_dict["percent"] = percent
        if fixed_cents is not UNSET:
            field_dict["fixed_cents"] = fixed_cents

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        from_cents = d.pop("from_cents")

        def _parse_percent(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        percent = _parse_percent(d.pop("percent", UNSET))

        fixed_cents = d.pop("fixed_cents", UNSET)

        tier = cls(
            from_cents=from_cents,
            percent=percent,
            fixed_cents=fixed_cents,
        )

        return tier
