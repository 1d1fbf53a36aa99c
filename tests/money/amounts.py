"""How amounts are written in the tables of docs/money.md."""

import re
from decimal import Decimal
from typing import Any

from ledger.programme.calculation import Rate
from ledger.programme.tiers import Tier

_TIER = re.compile(r"from ([0-9.,]+)")


def cents(text: str) -> int:
    """„1.000,00“"""
    assert re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d{2}", text), f"no amount: {text!r}"
    return int(text.replace(".", "").replace(",", ""))


def several(text: str) -> list[int]:
    return [cents(part) for part in text.split(" / ")] if text else []


def optional(text: str) -> int | None:
    return cents(text) if text else None


def percent(text: str) -> Decimal:
    """„12,5 %“"""
    assert text.endswith(" %"), f"no percent: {text!r}"
    return Decimal(text.removesuffix(" %").replace(",", "."))


def rate(level: int, text: str, **more: Any) -> Rate:
    """„10 %“, „2,50“ or „10 % + 2,50“"""
    parts = text.split(" + ")
    of_base = sum((percent(part) for part in parts if part.endswith("%")), Decimal(0))
    fixed = sum(cents(part) for part in parts if not part.endswith("%"))
    return Rate(level=level, percent=of_base, fixed_cents=fixed, **more)


def levels(row: dict[str, str]) -> list[Rate]:
    """Of the columns „level N“ and „cap N“."""
    return [
        rate(number, row[f"level {number}"], cap_per_sale_cents=optional(row.get(f"cap {number}", "")))
        for number in range(1, 11)
        if row.get(f"level {number}")
    ]


def tiers(row: dict[str, str]) -> tuple[Tier, ...]:
    """Of the columns „from X“."""
    return tuple(
        Tier(from_cents=cents(found[1]), percent=percent(text))
        for column, text in row.items()
        if (found := _TIER.fullmatch(column)) and text
    )
