"""What cannot be seen changes nobody's code, and stands in no name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import plain_text
from ledger.refusals import NotAcceptable

INVISIBLE = [
    "\u200b",
    "\u200e",
    "\u202e",
    "\ufeff",
    "\u00ad",
    "\u2060",
    "\u3164",
    "\ufe0f",
    "\x00",
    "\u034f",
    "\U000e0041",
]
BLANK = ["\u00a0", "\n", "\r\n", "\t", "\u2028", "\u3000", "\u0085", "\x0b"]


@pytest.mark.parametrize("odd", INVISIBLE, ids=ascii)
def test_what_is_invisible_is_no_part_of_a_code(odd: str) -> None:
    assert plain_text.code_of(f"{odd}AN{odd}NA{odd}") == "ANNA"


@pytest.mark.parametrize("odd", BLANK, ids=ascii)
def test_blanks_of_any_kind_around_a_code_are_trimmed_and_within_it_stay_blanks(odd: str) -> None:
    assert plain_text.code_of(f"{odd}anna{odd}") == "ANNA"
    assert plain_text.code_of(f"AN{odd}NA") == "AN NA"


def test_full_width_letters_are_letters() -> None:
    assert plain_text.code_of("ＡＮＮＡ－１") == "ANNA-1"


@given(st.text())
def test_what_is_clean_is_one_printable_line_and_stays_as_it_is(text: str) -> None:
    clean = plain_text.cleaned(text)
    assert clean.isprintable()
    assert clean == clean.strip() == plain_text.cleaned(clean)


@given(st.text(), st.integers(min_value=1, max_value=10))
def test_what_is_too_long_is_cut(text: str, longest: int) -> None:
    assert len(plain_text.cleaned(text, longest)) <= longest


@pytest.mark.parametrize("odd", [*INVISIBLE, "\n", "\r\n", "\t", "\u2028"], ids=ascii)
def test_a_name_with_something_invisible_or_a_break_is_refused(odd: str) -> None:
    for text in (f"Anna{odd}Meier", f"Anna{odd}", odd):
        with pytest.raises(NotAcceptable) as refused:
            plain_text.name(text)
        assert refused.value.code == "text_not_printable"


@pytest.mark.parametrize("text", ["", " ", "4711", "--", "\u00a0", "✓", "²"])
def test_a_name_has_a_letter(text: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        plain_text.name(text)
    assert refused.value.code == "name_without_letter"


@pytest.mark.parametrize("text", ["Jürgen Groß-Łukasz", "3M", "李小龍", "O’Brien & Söhne GmbH", "Ⅷ AG"])
def test_a_name_stays_as_it_was_written(text: str) -> None:
    assert plain_text.name(f" {text}\u00a0") == text


def test_a_name_is_kept_composed() -> None:
    assert plain_text.name(unicodedata.normalize("NFD", "Jürgen")) == "Jürgen"


def test_a_line_of_an_address_needs_no_letter() -> None:
    assert plain_text.line("10115") == "10115"
    assert plain_text.optional_line("  ") is None
