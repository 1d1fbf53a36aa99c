"""Amounts as sources write them, in decimals: of the whole currency, to the smallest unit. Pure."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

_MOST = Decimal(10) ** 11


def units_of(value: Any) -> int | None:
    """`"199.00"`, `199.0` or `199` as 19900. None for what is no amount, is negative or finer than the unit."""
    amount = _decimal(value)
    if amount is None or amount < 0:
        return None
    units = amount * 100
    return int(units) if units == units.to_integral_value() else None


def size_of(value: Any) -> int | None:
    """As units_of, without the sign: what went back is told as less than nothing by some."""
    amount = _decimal(value)
    return None if amount is None else units_of(abs(amount))


def rate_of(value: Any) -> Decimal | None:
    """Per cent."""
    rate = _decimal(value)
    return rate if rate is not None and 0 <= rate <= 100 else None


def tax_in(gross: int, rate: Decimal) -> int:
    """What of a gross amount is tax at this rate in per cent, half a unit away from zero."""
    return gross - int((Decimal(gross) * 100 / (100 + rate)).quantize(Decimal(1), ROUND_HALF_UP))


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value).strip()
    if not text.isascii() or len(text) > 40:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _MOST else None
