"""What a cell says, and when only a person knows."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports import cells
from ledger.imports.cells import Days, Guess, Numbers
from ledger.refusals import NotAcceptable
from ledger.types import BERLIN

GERMAN, ENGLISH = Numbers.GERMAN, Numbers.ENGLISH


@pytest.mark.parametrize(
    ("text", "numbers", "cents"),
    [
        ("1.234,56", GERMAN, 123_456),
        ("1,234.56", ENGLISH, 123_456),
        ("1234", GERMAN, 123_400),
        ("1.234", GERMAN, 123_400),
        ("12.500", ENGLISH, 1_250),
        ("-0,5", GERMAN, -50),
        ("7,00-", GERMAN, -700),
        ("\u221212,00 €", GERMAN, -1_200),
        ("EUR 1 234,50", GERMAN, 123_450),
    ],
)
def test_an_amount_is_what_its_way_of_writing_says(text: str, numbers: Numbers, cents: int) -> None:
    assert cells.cents(text, numbers) == cents


@pytest.mark.parametrize("text", ["1.23,4", "12,3.4", "1e3", "٣", "1..2", "--1", "-1-", "", "abc", "1.23", "=1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAcceptable):
        cells.cents(text, GERMAN)


def test_finer_than_a_cent_is_refused() -> None:
    with pytest.raises(NotAcceptable) as refused:
        cells.cents("1,234", GERMAN)
    assert refused.value.code == "cell_finer_than_cent"


@pytest.mark.parametrize(
    ("texts", "guess"),
    [
        (["1.234", "5,50"], Guess("german")),
        (["1.234", "5.50"], Guess("english")),
        (["1234", "7", ""], Guess(None)),
        (["1.234", "2.345"], Guess(None, unclear="1.234")),
        (["1,234", "77"], Guess(None, unclear="1,234")),
        (["5.50", "5,50"], Guess(None, unclear="5.50")),
        (["nonsense"], Guess(None)),
    ],
)
def test_how_amounts_are_written_is_never_guessed(texts: list[str], guess: Guess) -> None:
    assert cells.numbers_of(texts) == guess


@pytest.mark.parametrize(
    ("texts", "guess"),
    [
        (["31/12/2026", "03/04/2026"], Guess("day_first")),
        (["12/31/2026", "03/04/2026"], Guess("month_first")),
        (["03/04/2026"], Guess(None, unclear="03/04/2026")),
        (["31/12/2026", "12/31/2026"], Guess(None, unclear="12/31/2026")),
        (["2026-04-03", "3.4.2026", "04/04/2026", "3.4.2026 10:00"], Guess(None)),
    ],
)
def test_which_day_is_meant_is_never_guessed(texts: list[str], guess: Guess) -> None:
    assert cells.days_of(texts) == guess


@given(st.integers(-(10**11), 10**11), st.booleans())
def test_what_is_written_in_either_way_is_read_as_the_same_cents(cents: int, grouped: bool) -> None:
    english = f"{cents / 100:,.2f}" if grouped and abs(cents) < 10**13 else f"{cents / 100:.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert cells.cents(english, ENGLISH) == cells.cents(german, GERMAN) == cents


def test_moments_have_a_zone_or_are_berlins() -> None:
    first = Days.DAY_FIRST
    assert cells.moment("2026-07-01T10:00:00Z", first) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert cells.moment("1.7.2026 12:00:00", first) == datetime(2026, 7, 1, 12, tzinfo=BERLIN)
    assert cells.moment("01/07/2026", first) == datetime(2026, 7, 1, tzinfo=BERLIN)
    assert cells.moment("2026-07-01 12:00+0200", first) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    with pytest.raises(NotAcceptable):
        cells.moment("1.7.2026 25:00", first)


@pytest.mark.parametrize(
    ("text", "code"), [("30.02.2026", "cell_no_day"), ("1.2.26", "cell_year_short"), ("x", "cell_no_day")]
)
def test_what_is_no_day_is_refused(text: str, code: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        cells.day(text, Days.DAY_FIRST)
    assert refused.value.code == code
    assert cells.day("2026-12-31", Days.MONTH_FIRST) == date(2026, 12, 31)
