"""What a document adds up to: VAT once per rate on the summed net, half a cent away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Item = dict[str, Any]


def cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def reckon(items: list[Item], *, gross_prices: bool, taxed: bool, sign: int) -> tuple[int, int]:
    """Net and gross in cents, and the totals of each line written into it. `sign` is -1 where amounts are negative."""
    by_rate: dict[Decimal, Decimal] = {}
    for item in items:
        if item["type"] != "POSITION":
            continue
        rate = Decimal(str(item["vat_percent"] or 0)) if taxed else Decimal(0)
        price = Decimal(str(item["single_price_gross" if gross_prices else "single_price_net"] or 0))
        total = price * Decimal(str(item["quantity"] or 1))
        net = total / (1 + rate / 100) if gross_prices else total
        by_rate[rate] = by_rate.get(rate, Decimal(0)) + net
        item["total_price_net"] = float(sign * round(net, 4))
        item["total_price_gross"] = float(sign * round(net * (1 + rate / 100), 4))
        item["total_vat"] = float(sign * round(net * rate / 100, 4))
    net = sum((Decimal(cents(part)) for part in by_rate.values()), Decimal(0))
    tax = sum((Decimal(cents(part * rate / 100)) for rate, part in by_rate.items()), Decimal(0))
    return sign * cents(net), sign * cents(net + tax)
