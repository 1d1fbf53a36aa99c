"""Tiers by the revenue of a month: which one is reached, and what a month's revenue is worth. Pure.

Revenue is the sum of the bases, in cents, of the sales on which a partner earns at one level of one campaign in one
calendar month (Europe/Berlin). Flat: the whole month is paid as the reached tier says. Graduated: each slice of the
revenue is paid as its own tier says.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from ledger.types import Cents, Frozen, Percent, Submitted


class TierMode(StrEnum):
    """Whether the tier reached counts for the whole month's revenue (flat), or each for its own part (graduated)."""

    FLAT = "flat"
    GRADUATED = "graduated"


class Tier(Submitted):
    """From this revenue on (inclusive). `fixed_cents` is per sale and for flat tiers only."""

    from_cents: Cents = Field(gt=0)
    percent: Percent = Field(default=Decimal(0), ge=0, le=100, max_digits=7, decimal_places=4)
    fixed_cents: Cents = Field(default=0, ge=0)


class Slice(Frozen):
    """A part of a revenue that one tier pays."""

    base_cents: int
    percent: Decimal


def reached(tiers: Sequence[Tier], revenue_cents: int) -> Tier | None:
    """The highest tier that this revenue reaches; None below the first."""
    at_most = [tier for tier in tiers if tier.from_cents <= revenue_cents]
    return max(at_most, key=lambda tier: tier.from_cents, default=None)


def slices(ground: Decimal, tiers: Sequence[Tier], before_cents: int, base_cents: int) -> list[Slice]:
    """How `base_cents` of revenue on top of `before_cents` fall into the tiers; below the first `ground` is paid."""
    steps = sorted(tiers, key=lambda tier: tier.from_cents)
    borders = [0, *(tier.from_cents for tier in steps)]
    percents = [ground, *(tier.percent for tier in steps)]
    parts, end = [], before_cents + base_cents
    for at, (border, percent) in enumerate(zip(borders, percents, strict=True)):
        upper = borders[at + 1] if at + 1 < len(borders) else end
        inside = min(end, upper) - max(before_cents, border)
        if inside > 0:
            parts.append(Slice(base_cents=inside, percent=percent))
    return parts


def worth(parts: Sequence[Slice]) -> Fraction:
    """In cents, not rounded."""
    return sum((part.base_cents * Fraction(part.percent) / 100 for part in parts), Fraction(0))


def mean_rate(ground: Decimal, tiers: Sequence[Tier], revenue_cents: int) -> Fraction:
    """What a cent of this month's revenue earns on average under graduated tiers."""
    if revenue_cents <= 0:
        return Fraction(ground) / 100
    return worth(slices(ground, tiers, 0, revenue_cents)) / revenue_cents


def rounded(cents: Fraction) -> int:
    """Kaufmännisch, half a cent away from zero, of an exact amount."""
    whole = (2 * abs(cents.numerator) + cents.denominator) // (2 * cents.denominator)
    return whole if cents >= 0 else -whole
