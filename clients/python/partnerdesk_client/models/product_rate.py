from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.product_rate_kind import ProductRateKind, check_product_rate_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProductRate")


@_attrs_define
class ProductRate:
    """What a level pays for a product or a category in place of its own rate. `fixed_cents` is once per sale; neither
    percent nor amount: nothing.

        Attributes:
            level (int):
            kind (ProductRateKind):
            name (str):
            percent (float | str | Unset):  Default: 0.0.
            fixed_cents (int | Unset):  Default: 0.
    """

    level: int
    kind: ProductRateKind
    name: str
    percent: float | str | Unset = 0.0
    fixed_cents: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        level = self.level

        kind: str = self.kind

        name = self.name

        percent: float | str | Unset
        if isinstance(self.percent, Unset):
            percent = UNSET
        else:
            percent = self.percent

        fixed_cents = self.fixed_cents

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "level": level,
                "kind": kind,
                "name": name,
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
        level = d.pop("level")

        kind = check_product_rate_kind(d.pop("kind"))

        name = d.pop("name")

        def _parse_percent(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        percent = _parse_percent(d.pop("percent", UNSET))

        fixed_cents = d.pop("fixed_cents", UNSET)

        product_rate = cls(
            level=level,
            kind=kind,
            name=name,
            percent=percent,
            fixed_cents=fixed_cents,
        )

        return product_rate
