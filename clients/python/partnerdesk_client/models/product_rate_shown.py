from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.product_rate_shown_kind import (
    ProductRateShownKind,
    check_product_rate_shown_kind,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProductRateShown")


@_attrs_define
class ProductRateShown:
    """What a level pays for a product or a category in place of its own rate. `fixed_cents` is once per sale; neither
    percent nor amount: nothing.

        Attributes:
            level (int):
            kind (ProductRateShownKind):
            name (str):
            percent (str | Unset):  Default: '0'.
            fixed_cents (int | Unset):  Default: 0.
    """

    level: int
    kind: ProductRateShownKind
    name: str
    percent: str | Unset = "0"
    fixed_cents: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        level = self.level

        kind: str = self.kind

        name = self.name

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

        kind = check_product_rate_shown_kind(d.pop("kind"))

        name = d.pop("name")

        percent = d.pop("percent", UNSET)

        fixed_cents = d.pop("fixed_cents", UNSET)

        product_rate_shown = cls(
            level=level,
            kind=kind,
            name=name,
            percent=percent,
            fixed_cents=fixed_cents,
        )

        return product_rate_shown
