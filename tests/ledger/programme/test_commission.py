"""What a sale earns: never more than its base, never for an inactive partner, never below the tenth level."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import round_half_away
from ledger.programme.calculation import Earner, Rate, commissions_of, refuse_unfit_levels
from ledger.refusals import NotAcceptable
from ledger.types import PartnerId


def earner(*, active: bool = True) -> Earner:
    return Earner(partner_id=PartnerId(uuid4()), active=active)


PERCENTS = st.decimals(0, 100, places=4)
CHAINS = st.lists(st.booleans(), max_size=14).map(lambda flags: [earner(active=flag) for flag in flags])
BASES = st.integers(0, 10**10)


@st.composite
def plans(draw: st.DrawFn) -> list[Rate]:
    """Any levels: with fixed amounts they may exceed the base of a small sale."""
    levels = draw(st.lists(st.integers(1, 10), unique=True, max_size=10))
    return [
        Rate(level=level, percent=draw(PERCENTS), fixed_cents=draw(st.integers(0, 50_000)))
        for level in draw(st.permutations(levels))
    ]


@st.composite
def plans_within_the_base(draw: st.DrawFn) -> list[Rate]:
    """Percent only, together at most 100."""
    left, rates = Decimal(100), []
    for level in sorted(draw(st.lists(st.integers(1, 10), unique=True, min_size=1, max_size=10))):
        percent = draw(st.decimals(0, left, places=4))
        left -= percent
        rates.append(Rate(level=level, percent=percent))
    return rates


@given(BASES, plans(), CHAINS)
def test_all_levels_together_never_exceed_the_base(base: int, rates: list[Rate], chain: list[Earner]) -> None:
    earned = commissions_of(base, rates, chain)
    assert sum(entry.net_cents for entry in earned) <= base
    assert all(entry.net_cents >= 0 for entry in earned)


@given(BASES, plans(), CHAINS)
def test_only_active_partners_of_the_first_ten_levels_earn(base: int, rates: list[Rate], chain: list[Earner]) -> None:
    by_level = {rate.level: rate for rate in rates}
    earned = commissions_of(base, rates, chain)
    assert [entry.level for entry in earned] == [
        level for level in range(1, 11) if level in by_level and level <= len(chain) and chain[level - 1].active
    ]
    for entry in earned:
        assert entry.partner_id == chain[entry.level - 1].partner_id
        assert (entry.percent, entry.fixed_cents) == (by_level[entry.level].percent, by_level[entry.level].fixed_cents)


@given(BASES, plans(), CHAINS)
def test_what_exceeds_comes_off_the_deepest_level_first(base: int, rates: list[Rate], chain: list[Earner]) -> None:
    earned = commissions_of(base, rates, chain)
    due = [round_half_away(base * entry.percent / 100) + entry.fixed_cents for entry in earned]
    cut = [at for at, entry in enumerate(earned) if entry.net_cents < due[at]]
    if cut:
        assert all(entry.net_cents == 0 for entry in earned[cut[0] + 1 :])
        assert sum(entry.net_cents for entry in earned) == base
    assert all(entry.net_cents == due[at] for at, entry in enumerate(earned) if at not in cut)


@given(BASES, plans_within_the_base(), st.lists(st.booleans(), min_size=10, max_size=14))
def test_a_plan_within_its_base_loses_only_what_rounding_exceeds(
    base: int, rates: list[Rate], flags: list[bool]
) -> None:
    earned = commissions_of(base, rates, [earner(active=flag) for flag in flags])
    due = sum(round_half_away(base * entry.percent / 100) for entry in earned)
    assert 0 <= due - sum(entry.net_cents for entry in earned) <= len(earned)


@given(BASES, plans(), st.lists(st.booleans(), min_size=1, max_size=10), st.data())
def test_an_inactive_partner_passes_nothing_up(
    base: int, rates: list[Rate], flags: list[bool], data: st.DataObject
) -> None:
    chain = [earner(active=flag) for flag in flags]
    leaver = data.draw(st.integers(0, len(chain) - 1))
    without = [entry if at != leaver else entry.model_copy(update={"active": False}) for at, entry in enumerate(chain)]
    before = {
        entry.level: entry for entry in commissions_of(base * 100, [r for r in rates if not r.fixed_cents], chain)
    }
    after = commissions_of(base * 100, [r for r in rates if not r.fixed_cents], without)
    assert leaver + 1 not in [entry.level for entry in after]
    for entry in after:
        if entry.level <= leaver:
            assert entry.net_cents == before[entry.level].net_cents
        # Below the leaver a level can only regain what the base had no room for.
        full = round_half_away(base * 100 * entry.percent / 100)
        assert before[entry.level].net_cents <= entry.net_cents <= full


def test_a_worked_example_with_percent_fixed_and_both() -> None:
    chain = [earner(), earner(active=False), earner(), earner()]
    rates = [
        Rate(level=1, percent=Decimal("12.5"), fixed_cents=100),
        Rate(level=2, percent=Decimal("5")),
        Rate(level=3, fixed_cents=250),
        Rate(level=4, percent=Decimal("0.0125")),
    ]
    assert [(entry.level, entry.net_cents) for entry in commissions_of(8403, rates, chain)] == [
        (1, 1150),  # 1050.375 → 1050, and 1 €
        (3, 250),
        (4, 1),  # 1.050375
    ]


def test_rounding_that_exceeds_the_base_comes_off_the_deepest_level() -> None:
    rates = [Rate(level=level, percent=Decimal(50)) for level in (1, 2)]
    assert [entry.net_cents for entry in commissions_of(5, rates, [earner(), earner()])] == [3, 2]


@pytest.mark.parametrize(
    ("rates", "code"),
    [
        ([], "plan_is_empty"),
        ([Rate(level=1, percent=Decimal(1)), Rate(level=1, fixed_cents=5)], "plan_level_twice"),
        ([Rate(level=1)], "plan_level_without_pay"),
        ([Rate(level=1, percent=Decimal("60")), Rate(level=2, percent=Decimal("40.0001"))], "plan_exceeds_base"),
        ([Rate(level=1, percent=Decimal("100")), Rate(level=2, fixed_cents=1)], "plan_exceeds_base"),
    ],
)
def test_a_plan_that_no_sale_can_pay_is_refused(rates: list[Rate], code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        refuse_unfit_levels(rates)
    assert refused.value.code == code


def test_a_plan_of_exactly_its_base_is_allowed() -> None:
    refuse_unfit_levels([Rate(level=1, percent=Decimal("60")), Rate(level=2, percent=Decimal("40"))])
    refuse_unfit_levels([Rate(level=1, percent=Decimal("99.9999"), fixed_cents=10_000)])
