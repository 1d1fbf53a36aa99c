"""Members of Stripe's objects: ids, names, amounts and times, or nothing where what is told cannot be one. Pure.

Ids are taken as text of a bounded length. Names that people wrote are cleaned and cut, not lost (ledger/plain_text.py).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ledger import plain_text
from ledger.programme.product_rates import SoldLine
from ledger.sales.references import Paid

_LONGEST_ID = 255
_LONGEST_CODE = 100
_MOST_COUPONS = 20
_LONGEST_PRODUCT = 200
_LONGEST_NAME, _LONGEST_MAIL = 300, 320


def members(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list, or of Stripe's list object."""
    found = value.get("data") if isinstance(value, dict) else value
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())


def id_of(value: Any) -> str | None:
    """An id, or the id of what was expanded in its place."""
    return text(value.get("id") if isinstance(value, dict) else value)


def text(value: Any) -> str | None:
    """What machines wrote for machines."""
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_ID or not value.isprintable():
        return None
    return value.strip()


def name(value: Any) -> str | None:
    return plain_text.cleaned(value, _LONGEST_NAME) or None if isinstance(value, str) else None


def mail(value: Any) -> str | None:
    clean = plain_text.cleaned(value) if isinstance(value, str) else ""
    return clean if 0 < len(clean) <= _LONGEST_MAIL else None


def metadata(thing: dict[str, Any], key: str) -> str | None:
    """What the shop wrote there, cleaned; too long for what it should be, it is cut and names nobody."""
    value = members(thing.get("metadata")).get(key)
    return plain_text.cleaned(value, _LONGEST_CODE) or None if isinstance(value, str) else None


def sold_line(units: int, *products: Any, category: Any = None) -> SoldLine:
    """A line of a sale, by what names its product, the most special first; what is empty or no text names nothing."""
    names = [plain_text.cleaned(str(one), _LONGEST_PRODUCT) for one in products if isinstance(one, str | int)]
    return SoldLine(
        products=tuple(dict.fromkeys(one for one in names if one)),
        category=plain_text.cleaned(category, _LONGEST_PRODUCT) or None if isinstance(category, str) else None,
        units=units,
    )


def coupons(*values: Any) -> tuple[str, ...]:
    """Codes of coupons, each once; a list counts as its members."""
    told = [one for value in values for one in (value if isinstance(value, list) else [value])]
    codes = [plain_text.cleaned(one, _LONGEST_CODE) for one in told if isinstance(one, str)]
    return tuple(dict.fromkeys(code for code in codes if code))[:_MOST_COUPONS]


def order_reference(thing: dict[str, Any]) -> str | None:
    value = metadata(thing, "order_reference")
    return plain_text.order_of(value) or None if value else None


def instant(value: Any) -> datetime | None:
    """Seconds since 1970, of four bytes: what is larger is no time of Stripe's, and overflows later on."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        return None
    return datetime.fromtimestamp(value, UTC)


def units(value: Any) -> int | None:
    """An amount in the smallest unit of its currency."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**13 else None


def currency(thing: dict[str, Any]) -> str:
    """Three capital letters; empty where none is told."""
    told = (text(thing.get("currency")) or "").upper()
    return told if len(told) == 3 and told.isascii() and told.isalpha() else ""


def paid(thing: dict[str, Any], total: int, tax: int | None = None) -> Paid:
    return Paid(currency=currency(thing), units=total, tax_units=None if tax is None else min(tax, total))
