"""Rates of products and categories, which a plan names beside those of its levels: of what is sold under them each
level earns by the most special rate, of the rest by its own. Pure.

A line of a sale names its product by one or more names, the most special first (Stripe: price, then product), and
perhaps its category. Names are compared without regard to capitals.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ledger.plain_text import cleaned
from ledger.refusals import NotAcceptable
from ledger.types import Cents, Frozen, Percent, Submitted

Kind = Literal["product", "category"]
ProductName = Annotated[str, BeforeValidator(lambda told: cleaned(told) if isinstance(told, str) else told)]
"""One printable line; unlike a person's it may be a number."""


class ProductRate(Submitted):
    """What a level pays for a product or a category in place of its own rate. `fixed_cents` is once per sale; neither
    percent nor amount: nothing."""

    level: int = Field(ge=1, le=10)
    kind: Kind
    name: ProductName = Field(min_length=1, max_length=200, examples=["kurs-1"])
    percent: Percent = Field(default=Decimal(0), ge=0, le=100, max_digits=7, decimal_places=4)
    fixed_cents: Cents = Field(default=0, ge=0)


class SoldLine(Frozen):
    """A line of a sale: `units` is its amount, tax included, in the smallest unit of the sale's currency."""

    products: tuple[str, ...] = ()
    category: str | None = None
    units: int = Field(ge=0)


class SoldLines(Frozen):
    """What was sold. `whole_units`: all that was paid; what no line names is of no product."""

    lines: tuple[SoldLine, ...] = ()
    whole_units: int = 0


class SpecialPart(Frozen):
    """What of a sale the rate of a product or category pays; stored with the commission. `units`: of what was paid."""

    kind: Kind
    name: str
    percent: Decimal
    fixed_cents: int
    units: int


def special_parts(level: int, rates: Sequence[ProductRate], sold: SoldLines) -> tuple[SpecialPart, ...]:
    """The parts of the sale that this level pays by a rate of their own, the first one sold first."""
    of_level = {(rate.kind, rate.name.casefold()): rate for rate in rates if rate.level == level}
    parts: dict[tuple[Kind, str], SpecialPart] = {}
    for line in sold.lines if of_level else ():
        key = next((key for key in _names(line) if key in of_level), None)
        if key is None:
            continue
        rate = of_level[key]
        before = parts[key].units if key in parts else 0
        parts[key] = SpecialPart(
            kind=rate.kind,
            name=rate.name,
            percent=rate.percent,
            fixed_cents=rate.fixed_cents,
            units=before + line.units,
        )
    return tuple(parts.values())


def bases_of(base_cents: int, parts: Sequence[SpecialPart], whole_units: int) -> list[int]:
    """What of the base each part is, in cents: rounded as they add up, so that together they are never more than it."""
    whole = max(whole_units, sum(part.units for part in parts))
    bases, units, given = [], 0, 0
    for part in parts:
        units += part.units
        up_to = (base_cents * units * 2 + whole) // (whole * 2) if whole else 0
        bases.append(up_to - given)
        given = up_to
    return bases


def refuse_unfit(rates: Sequence[ProductRate], percent_of: dict[int, Decimal], *, tiered: bool) -> None:
    """Nothing, if sales could be paid by these. `percent_of`: what each level of the plan pays.

    Raises NotAcceptable for rates beside tiers, of a level that the plan does not have, of the same name twice, or that
    exceed the base together.
    """
    if rates and tiered:
        raise NotAcceptable("product_rates_with_tiers")
    for rate in rates:
        if rate.level not in percent_of:
            raise NotAcceptable("product_rate_without_level", level=rate.level, name=rate.name)
    keys = [(rate.level, rate.kind, rate.name.casefold()) for rate in rates]
    for rate, key in zip(rates, keys, strict=True):
        if keys.count(key) > 1:
            raise NotAcceptable("product_rate_twice", level=rate.level, name=rate.name)
    for name, together in _together(rates, percent_of):
        if together > 100:
            raise NotAcceptable("product_rates_exceed_base", name=name)


def _together(rates: Sequence[ProductRate], percent_of: dict[int, Decimal]) -> Iterator[tuple[str, Decimal]]:
    """What all levels pay of a line, for each product by itself, each category, and the dearest category that a product
    may be in."""
    percents: dict[tuple[Kind, str], dict[int, Decimal]] = {}
    names: dict[tuple[Kind, str], str] = {}
    for rate in rates:
        key: tuple[Kind, str] = (rate.kind, rate.name.casefold())
        percents.setdefault(key, {})[rate.level] = rate.percent
        names[key] = rate.name
    categories = [of_level for (kind, _), of_level in percents.items() if kind == "category"]
    for key, own in percents.items():
        for beside in [{}, *categories] if key[0] == "product" else [{}]:
            yield (
                names[key],
                sum((own.get(level, beside.get(level, percent)) for level, percent in percent_of.items()), Decimal(0)),
            )


def _names(line: SoldLine) -> Iterator[tuple[Kind, str]]:
    for product in line.products:
        yield "product", product.casefold()
    if line.category:
        yield "category", line.category.casefold()
