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
from ledger.money import euro
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


def test_no_refusal_that_a_page_shows_is_untranslated() -> None:
    assert not {text: where for where, text in texts.refusals() if text not in catalogue(ENGLISH)}


def test_no_sentence_that_the_ledger_stores_or_says_is_untranslated() -> None:
    assert not {text: where for where, text in texts.sentences() if text not in catalogue(ENGLISH)}


def test_sentences_with_amounts_days_and_names_in_them_are_translated_with_them() -> None:
    for where, text in texts.composed_sentences():
        with speaking(ENGLISH):
            said = languages._(text)
        assert said != text, (where, text)
        assert said.count("€1,234.56") == text.count("1.234,56 €"), (where, said)
        assert said.count("22 Nov 2026") == text.count("22.11.2026"), (where, said)
        assert languages._(text) == text


def test_a_stored_sentence_is_known_again_whatever_its_amounts() -> None:
    stored = f"Der Saldo ist {euro(-123456789)}; er wird vorgetragen (Übertrag)."
    with speaking(ENGLISH):
        assert languages._(stored) == "The balance is -€1,234,567.89; it is carried forward."
        assert languages._("Was kein Katalog kennt, 5,00 €.") == "Was kein Katalog kennt, 5,00 €."


@pytest.mark.parametrize("typed", ["99.99.2026", "00.2026", "31.02.2026", "13.0000", f"{'123.' * 1500}123,00 €"])
def test_what_a_person_typed_breaks_no_page_whatever_it_looks_like(typed: str) -> None:
    with speaking(ENGLISH):
        assert typed in languages._(f"{typed} nicht gefunden.")
        assert languages._(typed) == typed


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("3. Zahlung; der Plan zahlt die ersten 2", "payment no. 3; the plan pays the first 2"),
        ("12,5 % von 1.084,03 € + 1,00 €, höchstens 50,00 €", "12.5% of €1,084.03 + €1.00, at most €50.00"),
        (
            "10 % von 50,00 € + 12 % von 20,00 € (gestaffelt; Monatsumsatz davor 950,00 €)",
            "10% of €50.00 + 12% of €20.00 (graduated; the month’s revenue before: €950.00)",
        ),
        (
            "10 % von 84,03 €, gekürzt auf 5,00 €: mehr gibt die Basis nicht her (Grundsatz; was die Staffel mehr "
            "bringt, kommt mit dem Monatsabschluss)",
            "10% of €84.03, cut to €5.00: the base does not hold more (basic rate; what the tiers add comes with the "
            "month’s close)",
        ),
        (
            "Monatsabschluss 03.2026; Stufe 1: Umsatz 6.000,00 €, durchgehend 12 % + 2,00 € je Verkauf; höchstens "
            "90,00 € im Monat; verdient 720,00 €, mit den Verkäufen gegeben 600,00 €; schon abgeschlossen 20,00 €",
            "Close of Mar 2026; level 1: revenue €6,000.00, throughout 12% + €2.00 per sale; at most €90.00 a month; "
            "earned €720.00, given with the sales €600.00; closed before €20.00",
        ),
        (
            "Monatsabschluss 03.2026; Stufe 2: Umsatz 6.000,00 €, gestaffelt im Mittel 10,33 %; verdient 1,00 €, mit "
            "den Verkäufen gegeben 0,00 €",
            "Close of Mar 2026; level 2: revenue €6,000.00, graduated, on average 10.33%; earned €1.00, given with the "
            "sales €0.00",
        ),
        ("Monatsabschluss 03.2026; kein Verkauf ist geblieben", "Close of Mar 2026; no sale is left"),
    ],
)
def test_the_rule_that_made_a_commission_is_said_in_both_languages(stored: str, said: str) -> None:
    assert languages.rule(stored) == stored
    with speaking(ENGLISH):
        assert languages.rule(stored) == said


def test_no_clause_of_a_rule_is_untranslated() -> None:
    """Each piece of the ledger's words stands in a clause that the catalogue knows."""
    known = " ".join(_PLACES.sub("", str(text)) for text in catalogue(ENGLISH))
    missing = [piece for piece in texts.words_of_rules() if piece not in known]
    assert not missing


def test_nothing_is_translated_that_no_page_says() -> None:
    known = all_texts().keys() | {text for _, text in [*texts.refusals(), *texts.sentences()]}
    known |= set(said_by_the_ledger())
    assert not [text for text in catalogue(ENGLISH) if text not in known]


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


def said_by_the_ledger() -> list[str]:
    """Reasons and sentences that the ledger stores or composes; a page shows them through `_()`.

    They are marked in the catalogue by the comment `ledger`.
    """
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for path in _FILES
        for message in messages(path)
        if {"ledger", "rule"} & set(message.user_comments)
    ]


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
