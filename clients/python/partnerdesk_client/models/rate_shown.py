from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tier_shown import TierShown


T = TypeVar("T", bound="RateShown")


@_attrs_define
class RateShown:
    """What one level of a plan pays. `percent` is of the base, with up to four decimals.

    Attributes:
        level (int):
        percent (str | Unset):  Default: '0'.
        fixed_cents (int | Unset):  Default: 0.
        cap_per_sale_cents (int | None | Unset):
        tiers (list[TierShown] | Unset):
    """

    level: int
    percent: str | Unset = "0"
    fixed_cents: int | Unset = 0
    cap_per_sale_cents: int | None | Unset = UNSET
    tiers: list[TierShown] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        level = self.level

        percent = self.percent

        fixed_cents = self.fixed_cents

        cap_per_sale_cents: int | None | Unset
        if isinstance(self.cap_per_sale_cents, Unset):
            cap_per_sale_cents = UNSET
        else:
            cap_per_sale_cents = self.cap_per_sale_cents

        tiers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tiers, Unset):
            tiers = []
            for tiers_item_data in self.tiers:
                tiers_item = tiers_item_data.to_dict()
                tiers.append(tiers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "level": level,
            }
        )
        if percent is not UNSET:
            field_dict["percent"] = percent
        if fixed_cents is not UNSET:
            field_dict["fixed_cents"] = fixed_cents
        if cap_per_sale_cents is not UNSET:
            field_dict["cap_per_sale_cents"] = cap_per_sale_cents
        if tiers is not UNSET:
            field_dict["tiers"] = tiers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tier_shown import TierShown  # noqa: PLC0415

        d = dict(src_dict)
        level = d.pop("level")

        percent = d.pop("percent", UNSET)

        fixed_cents = d.pop("fixed_cents", UNSET)

        def _parse_cap_per_sale_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        cap_per_sale_cents = _parse_cap_per_sale_cents(d.pop("cap_per_sale_cents", UNSET))

        _tiers = d.pop("tiers", UNSET)
        tiers: list[TierShown] | Unset = UNSET
        if _tiers is not UNSET:
            tiers = []
            for tiers_item_data in _tiers:
                tiers_item = TierShown.from_dict(tiers_item_data)

                tiers.append(tiers_item)

        rate_shown = cls(
            level=level,
            percent=percent,
            fixed_cents=fixed_cents,
            cap_per_sale_cents=cap_per_sale_cents,
            tiers=tiers,
        )

        return rate_shown
