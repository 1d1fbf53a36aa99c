"""One sentence per code in both languages, and a sentence for every code, whatever a row holds."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from api.http.language import asked_for
from ledger.reasons import CODE
from tests.words import sources
from words import ENGLISH, GERMAN, LANGUAGES, sentence
from words.catalogue import places, templates
from words.formats import SHAPES


def test_every_code_has_a_sentence_in_both_languages() -> None:
    assert templates(GERMAN).keys() == templates(ENGLISH).keys()


def test_both_languages_name_the_same_parameters_the_same_way() -> None:
    for code, german in templates(GERMAN).items():
        assert places(german) == places(templates(ENGLISH)[code]), code
        assert isinstance(german, str) == isinstance(templates(ENGLISH)[code], str), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_has_known_places_and_both_forms(language: str) -> None:
    for code, template in templates(language).items():
        for name, shape in places(template):
            assert name.isidentifier(), code
            assert shape in SHAPES or shape in ("", "code", "sum", "clauses", "tail"), (code, shape)
        if not isinstance(template, str):
            assert set(template) == {"one", "other"}, code
            assert ("n", "") in places(template) or ("n", "number") in places(template), code


def test_every_code_that_is_named_has_a_sentence() -> None:
    named = list(sources.codes_named())
    assert len(named) > 300
    assert not [one for one in named if one[1] not in templates(GERMAN)]


def test_what_a_sentence_names_is_given_where_its_code_is() -> None:
    known = {code: {name for name, _ in places(template)} for code, template in templates(GERMAN).items()}
    made = list(sources.codes_with_params())
    assert len(made) > 200
    assert not [(where, code) for where, code, given in made if known.get(code, set()) - given]


def test_a_code_is_a_word_in_snake_case() -> None:
    assert not [code for code in templates(GERMAN) if not CODE.fullmatch(code)]


def test_no_code_of_the_catalogue_is_unused() -> None:
    assert not [code for code in templates(GERMAN) if code not in sources.words()]


CASES = {
    "cents": (123456, "1.234,56\xa0€", "€1,234.56"),
    "number": (1234567, "1.234.567", "1,234,567"),
    "percent": ("7.50", "7,5 %", "7.5%"),
    "day": ("2026-10-05", "05.10.2026", "5 Oct 2026"),
    "time": ("2026-10-05T14:05:00+00:00", "05.10.2026 16:05", "5 Oct 2026, 16:05"),
    "month": ("2026-09-01", "09.2026", "Sept 2026"),
    "list": (["a", "b"], "a, b", "a, b"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_written_as_the_language_does(shape: str) -> None:
    value, german, english = CASES[shape]
    assert SHAPES[shape](value, GERMAN) == german
    assert SHAPES[shape](value, ENGLISH) == english


def test_values_may_come_as_they_are() -> None:
    assert SHAPES["day"](date(2026, 10, 5), GERMAN) == "05.10.2026"
    assert SHAPES["day"](datetime.fromisoformat("2026-10-04T23:30:00+00:00"), GERMAN) == "05.10.2026"
    assert SHAPES["month"]("2026-10", ENGLISH) == "Oct 2026"
    assert SHAPES["percent"](Decimal("0.0500"), ENGLISH) == "0.05%"
    assert SHAPES["cents"](-5, ENGLISH) == "-€0.05"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("odd", ["", "x", "9" * 5000, -1, 2.5, [], {}, [1, {}], True, "9999-99-99", "0000-01-01T00:00"])
def test_a_value_of_another_kind_is_shown_as_it_is(shape: str, odd: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(templates(GERMAN), "odd", f"({{x:{shape}}})")
    assert sentence("odd", {"x": odd}).startswith("(")


def test_an_unknown_code_is_shown_as_its_code_and_a_missing_parameter_as_a_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sentence("from_a_later_version", {"n": 1}, ENGLISH) == "from_a_later_version"
    assert sentence("", None, "fr") == ""
    monkeypatch.setitem(templates(GERMAN), "gap", "{a} und {b:cents}")
    assert sentence("gap", {"a": None}) == "… und …"


def test_a_number_chooses_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(templates(GERMAN), "form", {"one": "ein Tag", "other": "{n} Tage"})
    assert [sentence("form", params) for params in ({"n": 1}, {"n": 2}, {})] == ["ein Tag", "2 Tage", "… Tage"]


def test_a_sentence_may_stand_within_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(templates(GERMAN), "outer", "Zeile {line}: {why:code}")
    monkeypatch.setitem(templates(GERMAN), "inner", "{amount:cents} fehlen.")
    inner = {"code": "inner", "params": {"amount": 500}}
    assert sentence("outer", {"line": 3, "why": inner}) == "Zeile 3: 5,00\xa0€ fehlen."
    assert sentence("outer", {"line": 3, "why": [inner, "unknown"]}) == "Zeile 3: 5,00\xa0€ fehlen., unknown"
    nested: object = "end"
    for _ in range(50):
        nested = {"code": "outer", "params": {"line": 1, "why": nested}}
    assert sentence("outer", {"line": 1, "why": nested}).endswith("…")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", GERMAN),
        ("en", ENGLISH),
        ("en-US,en;q=0.9,de;q=0.8", ENGLISH),
        ("de-AT, en;q=0.9", GERMAN),
        ("fr, en;q=0.3", ENGLISH),
        ("en;q=0, fr", GERMAN),
        ("en;q=x", GERMAN),
        ("en;q=nan", GERMAN),
        ("*;q=0.5, ;;,=", GERMAN),
    ],
)
def test_the_language_is_the_best_that_was_asked_for(header: str, language: str) -> None:
    assert asked_for(header) == language
