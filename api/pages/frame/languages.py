"""The language of a page: German is the source, English is looked up in `locale/en/*.po`, read with the first text.

A text stands in the code as people read it, in German: `_("Auszahlung %(number)s", number=…)` in templates and in
Python, `N_("…")` where it is only written down and shown later. A text of the ledger that is shown on a page (a
refusal, a reason) goes through `_()` as well; what no catalogue knows stays as it is. The ledger stores whole German
sentences, amounts and days included: the catalogue has them with places, marked `ledger`, and they are recognized.

babel is imported by what writes with it: the doors for machines start without it.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from api.http.language import language
from api.http.language import said as of_code
from ledger.refusals import NotAcceptable, Refused
from ledger.search_terms import amount
from ledger.types import BERLIN
from words import ENGLISH, GERMAN, is_known

LANGUAGES = {GERMAN: "Deutsch", ENGLISH: "English"}
"""Each in its own words."""
COOKIE = "partnerdesk-language"

_LOCALES = {GERMAN: "de_DE", ENGLISH: "en_GB"}
_LEDGERS = "ledger"
_RULES = "rule"
"""Comments of texts in the catalogue that stand in no page: the ledger says them."""
_PLACE = re.compile(r"%\((\w+)\)s")
_AMOUNT = re.compile(r"-?\d{1,3}(?:\.\d{3})*,\d{2} €", re.ASCII)
_MONTH = re.compile(r"\d{2}\.\d{4}", re.ASCII)
_PERCENT = re.compile(r"\d+(?:,\d+)? %", re.ASCII)
_DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}", re.ASCII)
_FOLDER = Path(__file__).parents[1] / "locale"

Entry = str | tuple[str, ...]
"""One text, or its forms by number."""


def N_(text: str) -> str:
    """Marks a text that `_()` translates where it is shown."""
    return text


def _(text: str, **values: object) -> str:
    """The text in the language of this request; `%(name)s` in it stand for `values`."""
    found = catalogue(language()).get(text)
    if found is None:
        return text % values if values else _composed(text)
    said = found if isinstance(found, str) else found[0]
    return said % values if values else said


def said(refused: Refused) -> str:
    """Why something is refused, in the language of this request."""
    return of_code(refused) if is_known(refused.sentence) else _(refused.sentence)


def rule(text: str) -> str:
    """By which rule a commission was computed, as the ledger said it then: clauses, each with amounts in it."""
    return _composed(text, _RULES)


def _composed(text: str, kind: str = _LEDGERS) -> str:
    """A sentence of the ledger with amounts, days and names in it: those are written as this language does."""
    for pattern, said in _patterns(language(), kind):
        if found := pattern.fullmatch(text):
            return said % {name: _part(value, kind) for name, value in found.groupdict().items()}
    return text


def _part(text: str, kind: str) -> str:
    try:
        if _AMOUNT.fullmatch(text):
            return money(int(re.sub(r"[^-0-9]", "", text)))
        if _DAY.fullmatch(text):
            return day(date(int(text[6:]), int(text[3:5]), int(text[:2])))
        if _MONTH.fullmatch(text):
            return month(date(int(text[3:]), int(text[:2]), 1))
    except ValueError:
        return text  # a person wrote it: there is no such day, or no such number
    if _PERCENT.fullmatch(text):
        return percent(Decimal(text[:-2].replace(",", ".")))
    return _(text) if kind == _LEDGERS else _composed(text, kind)


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """As `_()`, with the form that fits the number; it is `%(n)s` in both."""
    found = catalogue(language()).get(one, (one, many))
    forms = (found, found) if isinstance(found, str) else found
    return forms[0 if n == 1 else 1] % {"n": number(n), **values}


@cache
def catalogue(spoken: str) -> dict[str, Entry]:
    """What all files of this language say. Empty for the source language."""
    from babel.messages.pofile import read_po

    texts: dict[str, Entry] = {}
    for path in sorted((_FOLDER / spoken).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=spoken):
                said = message.string
                if isinstance(message.id, str) and isinstance(said, str):
                    if message.id and said:
                        texts[message.id] = said
                elif isinstance(said, list | tuple) and all(said):
                    texts[message.id[0]] = tuple(said)
    return texts


@cache
def _patterns(spoken: str, kind: str) -> list[tuple[re.Pattern[str], str]]:
    """The sentences of this kind that have places, those with the most words first."""
    from babel.messages.pofile import read_po

    found = []
    for path in sorted((_FOLDER / spoken).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=spoken):
                if kind in message.user_comments and _PLACE.search(str(message.id)):
                    parts = _PLACE.split(str(message.id))
                    shape = "".join(
                        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
                    )
                    found.append((len("".join(parts[::2])), re.compile(shape), str(message.string)))
    return [(pattern, said) for _words, pattern, said in sorted(found, key=lambda one: -one[0])]


def money(cents: int | None, currency: str = "EUR") -> str:
    """`1.234,56 €`; a dash for no amount."""
    from babel.numbers import format_currency

    if cents is None:
        return "–"
    return format_currency(Decimal(cents) / 100, currency, locale=_locale())


def number(value: float | Decimal, digits: int = 0) -> str:
    """`1.234`; `digits` are those after the comma."""
    from babel.numbers import format_decimal

    return format_decimal(round(Decimal(value), digits), locale=_locale(), format=f"#,##0.{'0' * digits}".rstrip("."))


def percent(value: Decimal | float) -> str:
    """Of a number between 0 and 100, with the digits it needs: `7,5 %`."""
    from babel.numbers import format_percent

    return format_percent(Decimal(value) / 100, locale=_locale(), decimal_quantization=False)


def day(at: date | datetime | None) -> str:
    """`22.11.2026`, in Berlin."""
    from babel.dates import format_date

    if at is None:
        return "–"
    return format_date(_local(at), format="medium", locale=_locale())


def days_to(first: date, last: date) -> str:
    """`22.11.2026`, or `28.09. – 16.11.2026`; what both days share is said once."""
    from babel.dates import format_date

    if first == last:
        return day(first)
    shared = {GERMAN: "dd.MM.", ENGLISH: "d MMM"}[language()]
    begin = format_date(first, format=shared, locale=_locale()) if first.year == last.year else day(first)
    return f"{begin} – {day(last)}"


def moment(at: datetime | None) -> str:
    """`22.11.2026 16:05`, in Berlin."""
    from babel.dates import format_datetime

    if at is None:
        return "–"
    shape = "dd.MM.yyyy HH:mm" if language() == GERMAN else "d MMM yyyy, HH:mm"
    return format_datetime(at.astimezone(BERLIN), format=shape, locale=_locale())


def clock(at: datetime) -> str:
    """`16:05`, in Berlin."""
    from babel.dates import format_time

    return format_time(at.astimezone(BERLIN), format="HH:mm", locale=_locale())


def month(at: date) -> str:
    """`Nov. 2026`"""
    from babel.dates import format_date

    return format_date(at, format="MMM yyyy", locale=_locale())


def span(length: timedelta) -> str:
    """How long, in the unit a person would take: `3 Tagen` after „seit“ or „vor“, `3 days`."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < 60:
        return _("weniger als einer Minute")
    if seconds < 3600:
        return ngettext("einer Minute", "%(n)s Minuten", seconds // 60)
    if seconds < 86_400:
        return ngettext("einer Stunde", "%(n)s Stunden", seconds // 3600)
    return ngettext("einem Tag", "%(n)s Tagen", seconds // 86_400)


def _local(at: date | datetime) -> date:
    return at.astimezone(BERLIN).date() if isinstance(at, datetime) else at


def _locale() -> str:
    return _LOCALES[language()]


def cents_of(written: str) -> int:
    """Cents of „1.234,56“. Raises NotAcceptable."""
    cents = amount(written)
    if cents is None:
        raise NotAcceptable("amount_not_acceptable")
    return cents
