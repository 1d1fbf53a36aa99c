"""Rates of products and categories: the most special one counts, and together never more than the base."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.language import in_words
from ledger.programme.calculation import Calculation, Circumstances, Earner, Rate, commissions_of
from ledger.programme.plans import NewPlan, refuse_unfit
from ledger.programme.product_rates import ProductRate, SoldLine, SoldLines, bases_of, special_parts
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.types import PartnerId

CHAIN = [Earner(partner_id=PartnerId(UUID(int=number))) for number in (1, 2)]
LEVELS = (Rate(level=1, percent=Decimal(20)), Rate(level=2, percent=Decimal(5)))


def special(level: int, kind: Any, name: str, percent: str, fixed_cents: int = 0) -> ProductRate:
    return ProductRate(level=level, kind=kind, name=name, percent=Decimal(percent), fixed_cents=fixed_cents)


def line(units: int, *products: str, category: str | None = None) -> SoldLine:
    return SoldLine(products=products, category=category, units=units)


def earned(
    base_cents: int, rates: Sequence[ProductRate], lines: Sequence[SoldLine], paid: int, levels: Sequence[Rate] = LEVELS
) -> list[Any]:
    sold = SoldLines(lines=tuple(lines), whole_units=paid)
    specials = {rate.level: special_parts(rate.level, rates, sold) for rate in levels}
    under = Circumstances(specials=specials, sold_units=paid)
    return commissions_of(base_cents, levels, CHAIN, under)


def said(why: Reason) -> str:
    """With blanks that break, to be read here."""
    return in_words(why).replace("\N{NO-BREAK SPACE}", " ")


def cents(*of: Any) -> list[int]:
    return [one.net_cents for one in earned(*of)]


BOOK = [
    special(1, "product", "Kurs-1", "30"),
    special(1, "category", "Bücher", "10"),
    special(2, "product", "kurs-1", "0"),
]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [2000, 500]),
        ([line(11900, "kurs-1")], [3000, 0]),
        ([line(11900, "anderes", category="bücher")], [1000, 500]),
        ([line(11900, "kurs-1", category="Bücher")], [3000, 0]),  # a product is more special than its category
        ([line(11900, "price_9", "KURS-1")], [3000, 0]),  # a later name counts where the first has no rate
        ([line(5950, "kurs-1"), line(5950, "anderes")], [2500, 250]),
        ([line(5950, "kurs-1")], [2500, 250]),  # the rest of what was paid is of no product
    ],
)
def test_each_line_is_paid_by_its_most_special_rate(lines: list[SoldLine], expected: list[int]) -> None:
    assert cents(10_000, BOOK, lines, 11_900) == expected


def test_a_fixed_amount_is_once_per_sale_and_the_level_s_own_only_where_something_is_left_for_it() -> None:
    levels = (Rate(level=1, percent=Decimal(10), fixed_cents=100),)
    rates = [special(1, "product", "a", "0", 500)]
    assert cents(10_000, rates, [line(5950, "a"), line(5950, "a")], 11_900, levels) == [500]
    assert cents(10_000, rates, [line(5950, "a")], 11_900, levels) == [500 + 500 + 100]


def test_why_a_commission_is_as_much_as_it_is_names_the_rate_that_counted() -> None:
    first, second = earned(10_000, BOOK, [line(5950, "kurs-1"), line(5950, category="Bücher")], 11_900)
    assert said(first.calculation.why) == ("30 % von 50,00 € (Produkt Kurs-1) + 10 % von 50,00 € (Kategorie Bücher)")
    assert said(second.calculation.why) == "5 % von 50,00 € + 0 % von 50,00 € (Produkt kurs-1)"
    kept = Calculation.from_row(first.calculation.model_dump(mode="json"))
    assert kept.why == first.calculation.why


_NAMES = st.sampled_from(["a", "b", "c"])
_LINES = st.lists(
    st.builds(
        lambda units, product, category: line(units, product, category=category), st.integers(0, 10**6), _NAMES, _NAMES
    ),
    max_size=6,
)
_RATES = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(["product", "category"]), _NAMES, st.integers(0, 50)),
    max_size=8,
    unique_by=lambda one: one[:3],
).map(lambda told: [special(level, kind, name, str(percent)) for level, kind, name, percent in told])


@given(base=st.integers(0, 10**7), rates=_RATES, lines=_LINES, more=st.integers(0, 10**6))
def test_random_lines_earn_what_a_plain_reading_of_the_plan_says(
    base: int, rates: list[ProductRate], lines: list[SoldLine], more: int
) -> None:
    paid = sum(one.units for one in lines) + more
    found = earned(base, rates, lines, paid)
    assert sum(one.net_cents for one in found) <= base
    for one in found:
        percents = {(rate.kind, rate.name): Fraction(rate.percent) for rate in rates if rate.level == one.level}
        own = Fraction(LEVELS[one.level - 1].percent)
        exact = (
            sum(
                (
                    Fraction(base * sold.units, paid)
                    * percents.get(("product", sold.products[0]), percents.get(("category", str(sold.category)), own))
                    / 100
                    for sold in lines
                    if paid
                ),
                Fraction(0),
            )
            + (Fraction(base * more, paid) if paid else Fraction(base)) * own / 100
        )
        # A cent for rounding, and half a cent of base for each part that is cut out of it.
        assert abs(one.net_cents - exact) <= 1 + len(rates)


@given(base=st.integers(0, 10**9), units=st.lists(st.integers(0, 10**9), max_size=5), more=st.integers(0, 10**6))
def test_parts_of_a_base_are_never_more_than_it(base: int, units: list[int], more: int) -> None:
    parts = special_parts(
        1,
        [special(1, "product", str(at), "1") for at in range(len(units))],
        SoldLines(lines=tuple(line(one, str(at)) for at, one in enumerate(units)), whole_units=sum(units) + more),
    )
    bases = bases_of(base, parts, sum(units) + more)
    assert all(one >= 0 for one in bases)
    assert sum(bases) <= base
    if more == 0 and sum(units) > 0:
        assert sum(bases) == base


@pytest.mark.parametrize(
    ("rates", "code"),
    [
        ([special(3, "product", "a", "1")], "product_rate_without_level"),
        ([special(1, "product", "A", "1"), special(1, "product", "a", "2")], "product_rate_twice"),
        ([special(1, "product", "a", "96")], "product_rates_exceed_base"),
        ([special(1, "product", "a", "60"), special(2, "category", "b", "50")], "product_rates_exceed_base"),
    ],
)
def test_rates_that_no_sale_could_be_paid_by_are_refused(rates: list[ProductRate], code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        refuse_unfit(NewPlan(levels=LEVELS, product_rates=tuple(rates)))
    assert refused.value.code == code
