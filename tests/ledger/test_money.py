"""Cents: nothing is lost, nothing is invented."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import euro, reversal_cents, round_half_away, share, vat_cents

CENTS = st.integers(-(10**12), 10**12)
AMOUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("2.49999", 2), ("0.4", 0), ("-0.4", 0)],
)
def test_half_a_cent_goes_away_from_zero(amount: str, rounded: int) -> None:
    assert round_half_away(Decimal(amount)) == rounded


@pytest.mark.parametrize(
    ("net", "rate", "vat"),
    [(10000, "19", 1900), (50, "19", 10), (1, "19", 0), (3, "19", 1), (-50, "19", -10), (12345, "0.00", 0)],
)
def test_vat_is_rounded_once_on_the_net(net: int, rate: str, vat: int) -> None:
    assert vat_cents(net, Decimal(rate)) == vat


@given(CENTS, st.lists(CENTS, min_size=1, max_size=30))
def test_parts_always_sum_to_the_whole(total: int, weights: list[int]) -> None:
    assert sum(share(total, weights)) == total


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=30).filter(any))
def test_a_part_is_less_than_a_cent_from_its_proportion(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for part, weight in zip(share(total, weights), weights, strict=True):
        assert abs(part * whole - total * weight) < whole


@given(CENTS, st.lists(CENTS, min_size=1, max_size=30))
def test_a_negative_total_is_shared_like_the_positive_one(total: int, weights: list[int]) -> None:
    assert share(-total, weights) == [-part for part in share(total, weights)]


def test_cents_that_are_left_go_to_the_earlier_part() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share(5, [0, 0]) == [3, 2]


def test_nothing_needs_no_part_but_something_does() -> None:
    assert share(0, []) == []
    with pytest.raises(ValueError, match="at least one part"):
        share(1, [])


@given(CENTS, st.integers(1, 10**12), st.data())
def test_refunds_take_back_step_by_step_exactly_what_was_given(commission: int, base: int, data: st.DataObject) -> None:
    steps = sorted(data.draw(st.lists(st.integers(0, base), max_size=6)))
    so_far = [reversal_cents(commission, refunded, base) for refunded in [0, *steps, base]]
    assert so_far[0] == 0
    assert so_far[-1] == commission
    assert all(abs(earlier) <= abs(later) for earlier, later in pairwise(so_far))


def test_a_refund_above_the_base_takes_back_no_more_than_was_given() -> None:
    assert reversal_cents(1000, 5000, 4000) == 1000
    assert reversal_cents(1000, 1, 0) == 1000
    assert reversal_cents(1000, 0, 0) == 0


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(123456, "1.234,56 €"), (0, "0,00 €"), (-5, "-0,05 €"), (100_000_000, "1.000.000,00 €"), (99, "0,99 €")],
)
def test_an_amount_reads_as_in_germany(cents: int, shown: str) -> None:
    assert euro(cents) == shown
