"""What plans promise, whatever the numbers."""

import random
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from uuid import UUID, uuid4

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.commissions.plan_month import LevelOfSale, Month, PlanOfMonth, SaleOfMonth, Settlement, kept
from ledger.programme.calculation import Circumstances, Earner, Rate, commissions_of
from ledger.programme.plans import Terms
from ledger.programme.tiers import Tier, TierMode, mean_rate, reached, rounded, slices, worth
from ledger.types import PartnerId

ANNA, BERT = PartnerId(UUID(int=1)), PartnerId(UUID(int=2))
BASES = st.lists(st.integers(0, 3_000_000), max_size=12)
BORDERS = st.lists(st.integers(1, 10_000_000), unique=True, max_size=5).map(sorted)


@st.composite
def tiered(draw: st.DrawFn, mode: TierMode, *, level: int = 1, most: int = 50, capped: bool = True) -> Rate:
    """A level with tiers; flat ones never fall."""
    borders = draw(BORDERS)
    percents = draw(st.lists(st.decimals(0, most, places=4), min_size=len(borders) + 1, max_size=len(borders) + 1))
    fixed = draw(st.integers(0, 2_000))
    if mode is TierMode.FLAT:
        percents.sort()
    return Rate(
        level=level,
        percent=percents[0],
        fixed_cents=fixed,
        cap_per_sale_cents=draw(st.none() | st.integers(1, 200_000)) if capped else None,
        tiers=tuple(
            Tier(from_cents=border, percent=percent, fixed_cents=fixed if mode is TierMode.FLAT else 0)
            for border, percent in zip(borders, percents[1:], strict=True)
        ),
    )


@st.composite
def months(draw: st.DrawFn, *, cap: bool = True) -> tuple[PlanOfMonth, list[SaleOfMonth]]:
    """A month as the ledger holds it: sales one by one, what each gave at once, and refunds."""
    mode = draw(st.sampled_from(TierMode))
    rates = (draw(tiered(mode)), draw(tiered(mode, level=2)))
    terms = Terms(
        levels=rates, tier_mode=mode, cap_per_month_cents=draw(st.none() | st.integers(1, 1_000_000)) if cap else None
    )
    plan = PlanOfMonth(id=uuid4(), version=1, valid_from=None, terms=terms)
    bases = draw(BASES)
    refunds = [draw(st.just(0) | st.integers(0, 100)) for _ in bases]
    chain = [Earner(partner_id=ANNA), Earner(partner_id=BERT)]
    before = 0
    given_at_once = []
    for base in bases:
        under = Circumstances(tier_mode=mode, revenue_before={1: before, 2: before})
        given_at_once.append(commissions_of(base, rates, chain, under))
        before += base
    sales = [
        SaleOfMonth(base, [], refunded_cents=percent, whole_cents=100)
        for base, percent in zip(bases, refunds, strict=True)
    ]
    revenue = sum(kept(sale.base_cents, sale) for sale in sales)
    return plan, [
        sale._replace(levels=[LevelOfSale(one.level, one.partner_id, plan, one.net_cents, revenue) for one in earned])
        for sale, earned in zip(sales, given_at_once, strict=True)
    ]


def settle(sales: Iterable[SaleOfMonth]) -> list[Settlement]:
    """By the plan of the sales, of which there is one."""
    of_month = list(sales)
    plan = next((level.plan for sale in of_month for level in sale.levels), None)
    if plan is None:
        return []
    month = Month(plan)
    for sale in of_month:
        month.add(sale)
    return month.settlements()


def by_partner(settlements: list[Settlement]) -> dict[PartnerId, int]:
    return {one.partner_id: one.due_cents for one in settlements}


@given(st.sampled_from(TierMode), st.data(), st.integers(0, 5_000_000), st.integers(0, 5_000_000))
def test_no_sale_pays_more_than_its_base_or_its_cap(
    mode: TierMode, data: st.DataObject, base: int, before: int
) -> None:
    rates = [data.draw(tiered(mode, level=level)) for level in (1, 2)]
    under = Circumstances(tier_mode=mode, revenue_before={1: before, 2: before // 2})
    earned = commissions_of(base, rates, [Earner(partner_id=ANNA), Earner(partner_id=BERT)], under)
    assert sum(one.net_cents for one in earned) <= base
    for one, rate in zip(earned, rates, strict=True):
        assert 0 <= one.net_cents <= (rate.cap_per_sale_cents or base)
        assert one.calculation.net_cents == one.net_cents
        assert one.calculation.why


@given(tiered(TierMode.GRADUATED), st.integers(0, 20_000_000), st.integers(0, 20_000_000))
def test_graduated_is_the_sum_of_its_parts_wherever_it_is_cut(rate: Rate, first: int, second: int) -> None:
    parts = slices(rate.percent, rate.tiers, 0, first), slices(rate.percent, rate.tiers, first, second)
    whole = slices(rate.percent, rate.tiers, 0, first + second)
    assert worth(parts[0]) + worth(parts[1]) == worth(whole)
    assert sum(part.base_cents for part in whole) == first + second
    assert mean_rate(rate.percent, rate.tiers, first + second) * (first + second) == worth(whole)


@given(tiered(TierMode.GRADUATED), st.integers(0, 20_000_000), st.integers(0, 1_000_000))
def test_more_revenue_is_never_worth_less(rate: Rate, revenue: int, more: int) -> None:
    assert worth(slices(rate.percent, rate.tiers, 0, revenue)) <= worth(
        slices(rate.percent, rate.tiers, 0, revenue + more)
    )


@given(tiered(TierMode.FLAT), st.integers(0, 20_000_000), st.integers(0, 1_000_000))
def test_flat_tiers_never_fall(rate: Rate, revenue: int, more: int) -> None:
    low, high = reached(rate.tiers, revenue) or rate, reached(rate.tiers, revenue + more) or rate
    assert low.percent <= high.percent


@given(months(cap=False))
def test_the_close_of_a_flat_month_is_each_sale_at_the_reached_rate(
    month: tuple[PlanOfMonth, list[SaleOfMonth]],
) -> None:
    """Computed here from the plan alone; what is left of the base after the level above bounds each level."""
    plan, sales = month
    assume(plan.terms.tier_mode is TierMode.FLAT)
    revenue = sum(kept(sale.base_cents, sale) for sale in sales)
    wanted = {ANNA: 0, BERT: 0}
    for sale in sales:
        left = sale.base_cents
        for rate, partner in zip(plan.terms.levels, (ANNA, BERT), strict=True):
            percent = max(
                [(0, rate.percent), *((t.from_cents, t.percent) for t in rate.tiers if revenue >= t.from_cents)]
            )
            due = rounded(Fraction(percent[1]) * sale.base_cents / 100) + rate.fixed_cents
            due = min(due, left, rate.cap_per_sale_cents or due)
            left -= due
            wanted[partner] += kept(due, sale)
    # What is left of two levels after a refund, each rounded, can be a cent more than what is left of their base.
    excess = max(0, sum(wanted.values()) - revenue)
    for partner in (BERT, ANNA):
        taken = min(excess, wanted[partner])
        wanted[partner], excess = wanted[partner] - taken, excess - taken
    found = by_partner(settle(sales))
    assert all(found.get(partner, 0) == cents for partner, cents in wanted.items())


@given(months(), st.randoms(use_true_random=False))
def test_the_order_of_the_sales_does_not_matter_after_the_close(
    month: tuple[PlanOfMonth, list[SaleOfMonth]], chance: random.Random
) -> None:
    plan, sales = month
    shuffled = chance.sample(sales, len(sales))
    # In another order the sales would have given other amounts at once under graduated tiers: the worth is the same.
    revenue_before, given_anew = 0, []
    for sale in shuffled:
        under = Circumstances(tier_mode=plan.terms.tier_mode, revenue_before={1: revenue_before, 2: revenue_before})
        earned = commissions_of(
            sale.base_cents, plan.terms.levels, [Earner(partner_id=ANNA), Earner(partner_id=BERT)], under
        )
        revenue_before += sale.base_cents
        given_anew.append(
            sale._replace(
                levels=[
                    level._replace(earned_cents=one.net_cents) for level, one in zip(sale.levels, earned, strict=True)
                ]
            )
        )
    assert by_partner(settle(given_anew)) == by_partner(settle(sales))


@given(months())
def test_no_month_is_worth_more_than_its_cap_or_all_its_bases(month: tuple[PlanOfMonth, list[SaleOfMonth]]) -> None:
    plan, sales = month
    settlements = settle(sales)
    cap = plan.terms.cap_per_month_cents
    assert all(one.due_cents >= 0 for one in settlements)
    assert all(cap is None or one.due_cents <= cap for one in settlements)
    assert sum(one.due_cents for one in settlements) <= sum(kept(sale.base_cents, sale) for sale in sales)


@given(tiered(TierMode.GRADUATED, capped=False), st.lists(st.integers(1, 3_000_000), min_size=1, max_size=12))
def test_an_undisturbed_graduated_month_is_worth_its_slices_to_the_cent(rate: Rate, bases: list[int]) -> None:
    assume(rate.tiers)  # without any, each commission is rounded
    rate = rate.model_copy(update={"fixed_cents": 0})
    plan = PlanOfMonth(
        id=uuid4(), version=1, valid_from=None, terms=Terms(levels=(rate,), tier_mode=TierMode.GRADUATED)
    )
    revenue = sum(bases)
    [one] = settle(SaleOfMonth(base, [LevelOfSale(1, ANNA, plan, 0, revenue)]) for base in bases)
    assert one.due_cents == rounded(worth(slices(rate.percent, rate.tiers, 0, revenue)))


@given(tiered(TierMode.GRADUATED, capped=False), st.lists(st.integers(1, 3_000_000), min_size=1, max_size=12))
def test_what_graduated_sales_give_at_once_is_a_cent_per_sale_from_the_month_at_most(
    rate: Rate, bases: list[int]
) -> None:
    rate = rate.model_copy(update={"fixed_cents": 0})
    chain = [Earner(partner_id=ANNA)]
    given = sum(
        commissions_of(
            base, [rate], chain, Circumstances(tier_mode=TierMode.GRADUATED, revenue_before={1: end - base})
        )[0].net_cents
        for base, end in zip(bases, accumulate(bases), strict=True)
    )
    assert abs(given - worth(slices(rate.percent, rate.tiers, 0, sum(bases)))) <= Fraction(len(bases), 2)


@given(st.integers(1, 30), st.integers(1, 40), st.integers(0, 100_000))
def test_never_more_payments_earn_than_the_plan_says(most: int, payments: int, base: int) -> None:
    rate = Rate(level=1, percent=10, fixed_cents=1)
    earning = [
        commissions_of(
            base + 10, [rate], [Earner(partner_id=ANNA)], Circumstances(payment_number=number, max_payments=most)
        )[0].net_cents
        > 0
        for number in range(1, payments + 1)
    ]
    assert sum(earning) == min(most, payments)
    assert earning == sorted(earning, reverse=True)
