"""Whole cents: rounding, VAT, sharing without losing a cent, and how an amount is shown. Pure."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def round_half_away(amount: Decimal) -> int:
    """Kaufmännisch: half a unit goes away from zero (decimal calls that ROUND_HALF_UP)."""
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


def vat_cents(net_cents: int, rate_percent: Decimal) -> int:
    """The VAT on a summed net, computed once per document and rate (rules.md, Money)."""
    return round_half_away(net_cents * rate_percent / 100)


def share(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Split a total in proportion to weights; the parts always sum to the total.

    Largest remainder, the earlier part first where remainders are equal. Weights may be negative (a clawback among
    the lines of a payout); where they cancel out, all parts are alike. Raises ValueError where there is no part.
    """
    if not weights:
        if total_cents == 0:
            return []
        raise ValueError("a total needs at least one part")
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    elif whole < 0:
        weights, whole = [-weight for weight in weights], -whole
    sign = -1 if total_cents < 0 else 1
    floors_and_remainders = [divmod(abs(total_cents) * weight, whole) for weight in weights]
    parts = [floor for floor, _ in floors_and_remainders]
    missing = abs(total_cents) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda at: (-floors_and_remainders[at][1], at))
    for at in by_remainder[:missing]:
        parts[at] += 1
    return [sign * part for part in parts]


def reversal_cents(commission_cents: int, refunded_cents: int, base_cents: int) -> int:
    """How much of a commission all refunds up to now take back, so that a full refund takes back exactly everything.

    `refunded_cents` is cumulative and in the units of `base_cents`, both net or both gross.
    """
    if refunded_cents <= 0:
        return 0
    if refunded_cents >= base_cents:
        return commission_cents
    return round_half_away(Decimal(commission_cents * refunded_cents) / base_cents)


def euro(cents: int) -> str:
    """„1.234,56 €“"""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d} €"
