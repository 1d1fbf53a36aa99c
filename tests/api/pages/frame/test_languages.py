"""Each text of a page in both languages, amounts and dates as each language writes them."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from api.http.language import speaking
from api.pages.frame import languages
from api.pages.frame.languages import COOKIE, catalogue
from ledger.roles import Role
from tests.api.pages.frame import texts
from tests.fixtures.browsers import Firm
from words import ENGLISH, GERMAN

_PLACES = re.compile(r"%\((\w+)\)s")
_FILES = sorted((texts.PAGES / "locale" / "en").glob("*.po"))


def all_texts() -> dict[str, str]:
    """text → where; of those with forms by number, the first."""
    found: dict[str, str] = {}
    for where, text in [*texts.texts_of_templates(), *texts.texts_of_python()]:
        found.setdefault(text if isinstance(text, str) else text[0], where)
    return found


def test_no_text_of_a_page_is_untranslated() -> None:
    missing = {text: where for text, where in all_texts().items() if text not in catalogue(ENGLISH)}
    assert not missing


def test_ledger_and_pages_raise_no_sentence() -> None:
    assert not list(texts.refusals())


def test_ledger_and_activities_say_no_sentence() -> None:
    """They name codes (words/): a row, a trigger or a translation is keyed by no German sentence."""
    assert not list(texts.sentences())


@pytest.mark.parametrize("typed", ["99.99.2026", "00.2026", "31.02.2026", "13.0000", f"{'123.' * 1500}123,00 €"])
def test_what_a_person_typed_stays_as_it_is(typed: str) -> None:
    with speaking(ENGLISH):
        assert languages._(typed) == typed


def test_nothing_is_translated_that_no_page_says() -> None:
    said = all_texts()
    assert not [text for text in catalogue(ENGLISH) if text not in said]


@pytest.mark.parametrize("path", texts.templates(), ids=lambda path: path.name)
def test_a_template_says_nothing_outside_the_catalogues(path: Path) -> None:
    assert texts.bare_texts(path) == []


def test_a_text_is_translated_one_way_and_keeps_its_places() -> None:
    seen: dict[str, object] = {}
    for path in _FILES:
        for message in messages(path):
            sources = [message.id] if isinstance(message.id, str) else list(message.id)
            said = [message.string] if isinstance(message.string, str) else list(message.string or ())
            assert not message.fuzzy, (path.name, message.id)
            assert seen.setdefault(sources[0], said) == said, (path.name, sources[0])
            for source, translation in zip(sources, said, strict=True):
                assert translation, (path.name, source)
                assert set(_PLACES.findall(source)) >= set(_PLACES.findall(translation)), (path.name, source)


def messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=ENGLISH) if message.id]


@pytest.mark.parametrize(
    ("language", "amount", "day", "moment"),
    [
        (GERMAN, "1.234,56\xa0€", "22.11.2026", "22.11.2026 16:05"),
        (ENGLISH, "€1,234.56", "22 Nov 2026", "22 Nov 2026, 16:05"),
    ],
)
def test_amounts_and_dates_are_written_as_the_language_does(language: str, amount: str, day: str, moment: str) -> None:
    with speaking(language):
        assert languages.money(123456) == amount
        assert languages.day(date(2026, 11, 22)) == day
        assert languages.moment(datetime(2026, 11, 22, 15, 5, tzinfo=UTC)) == moment


def test_a_day_is_that_of_berlin() -> None:
    assert languages.day(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == "22.11.2026"


def test_two_days_say_once_what_they_share() -> None:
    first, last = date(2026, 9, 28), date(2026, 11, 16)
    assert languages.days_to(first, last) == "28.09. – 16.11.2026"
    assert languages.days_to(date(2025, 12, 28), first) == "28.12.2025 – 28.09.2026"
    assert languages.days_to(first, first) == "28.09.2026"
    with speaking(ENGLISH):
        assert languages.days_to(first, last) == "28 Sept – 16 Nov 2026"


def test_numbers_are_written_with_their_digits() -> None:
    assert languages.number(1234567) == "1.234.567"
    assert languages.number(3.14159, 2) == "3,14"
    with speaking(ENGLISH):
        assert languages.number(1234.5, 1) == "1,234.5"


def test_a_length_of_time_is_said_in_one_unit() -> None:
    assert languages.span(timedelta(days=3, hours=5)) == "3 Tagen"
    assert languages.span(timedelta(days=1)) == "einem Tag"
    assert languages.span(timedelta(seconds=5)) == "weniger als einer Minute"
    with speaking(ENGLISH):
        assert languages.span(timedelta(hours=1)) == "one hour"
        assert languages.span(timedelta(minutes=12)) == "12 minutes"


async def test_somebody_chooses_english_before_login_and_gets_it(firm: Firm) -> None:
    browser = firm.browser()
    assert "Anmelden" in (await browser.get("/login")).text
    chosen = await browser.post("/sprache", {"sprache": "en", "weiter": "/login?weiter=%2Fadmin"}, shown_at="/login")
    assert chosen.headers["location"] == "/login?weiter=%2Fadmin"
    page = (await browser.get("/login")).text
    assert "Log in" in page
    assert '<html lang="en">' in page
    assert "Anmelden" not in page


async def test_an_account_remembers_its_language_in_another_browser(firm: Firm) -> None:
    browser = await firm.person(Role.VIEWER)
    await browser.post("/sprache", {"sprache": "en", "weiter": "/admin/konto"}, shown_at="/admin/konto")
    elsewhere = firm.browser()
    elsewhere.email = browser.email
    await elsewhere.log_in()
    assert elsewhere.http.cookies[COOKIE] == "en"
    assert "Your account" in (await elsewhere.get("/admin/konto")).text


async def test_the_choice_of_a_language_leads_to_no_other_house(firm: Firm) -> None:
    browser = firm.browser()
    for onward in ("https://evil.example/", "//evil.example", "/logout/../evil", "/adminx"):
        answer = await browser.post("/sprache", {"sprache": "en", "weiter": onward}, shown_at="/login")
        assert answer.headers["location"] == "/login"
    assert (await browser.post("/sprache", {"sprache": "fr"}, shown_at="/login")).status_code == 422


async def test_an_error_speaks_the_language_of_its_reader(firm: Firm) -> None:
    browser = firm.browser()
    await browser.post("/sprache", {"sprache": "en"}, shown_at="/login")
    refused = await browser.http.post("/login", data={"csrf": "x"})
    assert refused.status_code == 403
    assert "This form has expired. Please reload the page." in refused.text
