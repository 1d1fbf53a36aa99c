"""The language of a page: German is the source, English is looked up in `locale/en/*.po`, read with the first text.

A text stands in the code as people read it, in German: `_("Auszahlung %(number)s", number=…)` in templates and in
Python, `N_("…")` where it is only written down and shown later. What the ledger says (a refusal, a reason) is a code,
whose words stand in `words/`.

babel is imported by what writes with it: the doors for machines start without it.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from api.http.language import language
from ledger.refusals import NotAcceptable
from ledger.search_terms import amount
from ledger.types import BERLIN
from words import ENGLISH, GERMAN

LANGUAGES = {GERMAN: "Deutsch", ENGLISH: "English"}
"""Each in its own words."""
COOKIE = "partnerdesk-language"

_LOCALES = {GERMAN: "de_DE", ENGLISH: "en_GB"}
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
        return text % values if values else text
    said = found if isinstance(found, str) else found[0]
    return said % values if values else said


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
