from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tier_mode import TierMode, check_tier_mode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.product_rate_shown import ProductRateShown
    from ..models.rate_shown import RateShown


T = TypeVar("T", bound="NewPlanShown")


@_attrs_define
class NewPlanShown:
    """Without `valid_from` it holds from ever: the first plan of a campaign.

    Attributes:
        levels (list[RateShown]):
        tier_mode (None | TierMode | Unset): flat: all at the reached tier; graduated: by slices
        max_payments (int | None | Unset): So many payments of a customer or subscription earn
        cap_per_month_cents (int | None | Unset): At most so much per partner and calendar month, all levels together
        cash_discount_lowers_base (bool | Unset):  Default: False.
        product_rates (list[ProductRateShown] | Unset): Rates for products and categories; the most special one counts
        valid_from (datetime.datetime | None | Unset):
    """

    levels: list[RateShown]
    tier_mode: None | TierMode | Unset = UNSET
    max_payments: int | None | Unset = UNSET
    cap_per_month_cents: int | None | Unset = UNSET
    cash_discount_lowers_base: bool | Unset = False
    product_rates: list[ProductRateShown] | Unset = UNSET
    valid_from: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        levels = []
        for levels_item_data in self.levels:
            levels_item = levels_item_data.to_dict()
            levels.append(levels_item)

        tier_mode: None | str | Unset
        if isinstance(self.tier_mode, Unset):
            tier_mode = UNSET
        elif isinstance(self.tier_mode, str):
            tier_mode = self.tier_mode
        else:
            tier_mode = self.tier_mode

        max_payments: int | None | Unset
        if isinstance(self.max_payments, Unset):
            max_payments = UNSET
        else:
            max_payments = self.max_payments

        cap_per_month_cents: int | None | Unset
        if isinstance(self.cap_per_month_cents, Unset):
            cap_per_month_cents = UNSET
        else:
            cap_per_month_cents = self.cap_per_month_cents

        cash_discount_lowers_base = self.cash_discount_lowers_base

        product_rates: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.product_rates, Unset):
            product_rates = []
            for product_rates_item_data in self.product_rates:
                product_rates_item = product_rates_item_data.to_dict()
                product_rates.append(product_rates_item)

        valid_from: None | str | Unset
        if isinstance(self.valid_from, Unset):
            valid_from = UNSET
        elif isinstance(self.valid_from, datetime.datetime):
            valid_from = self.valid_from.isoformat()
        else:
            valid_from = self.valid_from

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "levels": levels,
            }
        )
        if tier_mode is not UNSET:
            field_dict["tier_mode"] = tier_mode
        if max_payments is not UNSET:
            field_dict["max_payments"] = max_payments
        if cap_per_month_cents is not UNSET:
            field_dict["cap_per_month_cents"] = cap_per_month_cents
        if cash_discount_lowers_base is not UNSET:
            field_dict["cash_discount_lowers_base"] = cash_discount_lowers_base
        if product_rates is not UNSET:
            field_dict["product_rates"] = product_rates
        if valid_from is not UNSET:
            field_dict["valid_from"] = valid_from

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_rate_shown import ProductRateShown  # noqa: PLC0415
        from ..models.rate_shown import RateShown  # noqa: PLC0415

        d = dict(src_dict)
        levels = []
        _levels = d.pop("levels")
        for levels_item_data in _levels:
            levels_item = RateShown.from_dict(levels_item_data)

            levels.append(levels_item)

        def _parse_tier_mode(data: object) -> None | TierMode | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                tier_mode_type_0 = check_tier_mode(data)

                return tier_mode_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TierMode | Unset, data)

        tier_mode = _parse_tier_mode(d.pop("tier_mode", UNSET))

        def _parse_max_payments(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_payments = _parse_max_payments(d.pop("max_payments", UNSET))

        def _parse_cap_per_month_cents(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        cap_per_month_cents = _parse_cap_per_month_cents(d.pop("cap_per_month_cents", UNSET))

        cash_discount_lowers_base = d.pop("cash_discount_lowers_base", UNSET)

        _product_rates = d.pop("product_rates", UNSET)
        product_rates: list[ProductRateShown] | Unset = UNSET
        if _product_rates is not UNSET:
            product_rates = []
            for product_rates_item_data in _product_rates:
                product_rates_item = ProductRateShown.from_dict(product_rates_item_data)

                product_rates.append(product_rates_item)

        def _parse_valid_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_from_type_0 = datetime.datetime.fromisoformat(data)

                return valid_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        valid_from = _parse_valid_from(d.pop("valid_from", UNSET))

        new_plan_shown = cls(
            levels=levels,
            tier_mode=tier_mode,
            max_payments=max_payments,
            cap_per_month_cents=cap_per_month_cents,
            cash_discount_lowers_base=cash_discount_lowers_base,
            product_rates=product_rates,
            valid_from=valid_from,
        )

        return new_plan_shown
