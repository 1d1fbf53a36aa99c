"""What files that are taken over hold, in words of people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from api.http.language import language
from api.pages.frame.languages import N_, _, day, moment, money
from ledger.imports.columns import COLUMNS, Kind, Shape, column

KINDS: Mapping[Kind, str] = {
    Kind.PARTNERS: N_("Partner"),
    Kind.OPENING_BALANCES: N_("Anfangsbestände"),
    Kind.CUSTOMERS: N_("Kunden"),
    Kind.PAST_SALES: N_("Frühere Verkäufe (ohne Provision)"),
    Kind.SALES: N_("Verkäufe mit Provision"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "draft": (N_("geprüft"), "waiting"),
    "taken": (N_("übernommen"), "done"),
    "discarded": (N_("verworfen"), "stopped"),
}
NUMBERS = (("german", "1.234,56"), ("english", "1,234.56"))
DAYS = (("day_first", N_("Tag zuerst (31/12/2026)")), ("month_first", N_("Monat zuerst (12/31/2026)")))


def kinds() -> list[tuple[str, str]]:
    """As a form offers them."""
    return [(kind.value, _(text)) for kind, text in KINDS.items()]


def columns(kind: Kind) -> list[tuple[str, str]]:
    """As a form offers them."""
    return [(one.name, one.heading(_spoken()) + (" *" if one.required else "")) for one in COLUMNS[kind]]


def heading(kind: Kind, name: str | None) -> str:
    """What a column is called; nothing for a whole row."""
    if name is None:
        return "–"
    try:
        return column(kind, name).heading(_spoken())
    except KeyError:
        return name


def value(kind: Kind, name: str, held: Any) -> str:
    """What a column holds, as people read it."""
    if held is None or held == "":
        return _("leer")
    one = column(kind, name)
    match one.shape:
        case Shape.AMOUNT:
            return money(held)
        case Shape.WORD:
            return one.words[str(held)][0 if _spoken() == "de" else 1]
    if isinstance(held, datetime):
        return moment(held)
    return day(held) if isinstance(held, date) else str(held)


def _spoken() -> Literal["de", "en"]:
    return "en" if language() == "en" else "de"
