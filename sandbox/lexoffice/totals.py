"""What a document adds up to. Decimal only; euro amounts rounded half up to cents, unit prices to 4 places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FOUR_PLACES = Decimal("0.0001")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class PricedLine:
    quantity: Decimal
    unit: Decimal  # net, or gross where the document's prices are gross
    rate: Decimal
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.unit * (1 - self.discount / HUNDRED))


@dataclass(frozen=True)
class TaxAmount:
    rate: Decimal
    tax: Decimal
    net: Decimal


@dataclass(frozen=True)
class Totals:
    net: Decimal
    tax: Decimal
    gross: Decimal
    taxes: tuple[TaxAmount, ...]


def other_side(unit: Decimal, rate: Decimal, *, given_gross: bool) -> Decimal:
    """The unit price that was not sent: 13.4 net at 19 % is 15.946 gross (§3.2)."""
    factor = 1 + rate / HUNDRED
    computed = unit / factor if given_gross else unit * factor
    return computed.quantize(FOUR_PLACES, ROUND_HALF_UP)


def add_up(
    lines: Iterable[PricedLine],
    *,
    gross_prices: bool,
    discount_absolute: Decimal | None = None,
    discount_percentage: Decimal | None = None,
) -> Totals:
    """Totals per tax rate: tax is computed on the sum of a rate, not line by line."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        sums[line.rate] = sums.get(line.rate, Decimal(0)) + line.amount
    sums = _discounted(sums, discount_absolute, discount_percentage)
    taxes = []
    for rate, amount in sorted(sums.items()):
        if gross_prices:
            net = cents(amount / (1 + rate / HUNDRED))
            taxes.append(TaxAmount(rate, amount - net, net))
        else:
            taxes.append(TaxAmount(rate, cents(amount * rate / HUNDRED), amount))
    net = sum((entry.net for entry in taxes), Decimal("0.00"))
    tax = sum((entry.tax for entry in taxes), Decimal("0.00"))
    return Totals(net, tax, net + tax, tuple(taxes))


def _discounted(
    sums: dict[Decimal, Decimal], absolute: Decimal | None, percentage: Decimal | None
) -> dict[Decimal, Decimal]:
    """The total discount, spread over the rates by their share; the last rate takes the odd cent."""
    total = sum(sums.values(), Decimal(0))
    if percentage:
        off = cents(total * percentage / HUNDRED)
    elif absolute:
        off = cents(absolute)
    else:
        return sums
    if not total:
        return sums
    left, reduced = off, {}
    rates = sorted(sums)
    for rate in rates[:-1]:
        share = cents(off * sums[rate] / total)
        reduced[rate] = sums[rate] - share
        left -= share
    reduced[rates[-1]] = sums[rates[-1]] - left
    return reduced
