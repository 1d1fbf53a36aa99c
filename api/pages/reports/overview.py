"""Admin → Übersicht: what is owed, what was paid and how fast, what stands still, and how much the books were asked."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.language import in_words
from api.pages.frame import plots
from api.pages.frame.languages import N_, _, clock, money, month, number
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import of_state
from api.pages.words.task_words import of_kind
from ledger.connections.budget import CREATIONS_A_YEAR, created_this_year
from ledger.reports import overview
from ledger.reports.overview import Owed, Standing
from ledger.roles import Permission
from ledger.tax import strategies
from ledger.types import LEXOFFICE

PAGE = "/admin/uebersicht"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]

_OWED = {
    ("commission", "pending"): N_("Provisionen, vorläufig"),
    ("commission", "approved"): N_("Provisionen, freigegeben"),
}


@router.get("")
async def overview_page(visit: Reader) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        owed = await overview.owed(tx)
        months = await overview.months(tx)
        waited = await overview.waited(tx)
        standing = await overview.standing_still(tx)
        books = await strategies.get_books(tx)
        hours = await overview.requests_by_hour(tx, books)
        documents = await created_this_year(tx, provider=books)
    pace = visit.doors.settings.lexoffice_pace if books == LEXOFFICE else None
    return visit.page(
        "overview.html",
        owed_cents=sum(one.cents for one in owed),
        owed=plots.bars(
            _("Offene Verbindlichkeit nach Status"),
            _("Status"),
            _("Betrag"),
            [(_owed_word(one), float(one.cents)) for one in owed],
            _euros,
        ),
        paid=plots.columns(
            _("Ausgezahlt je Monat"),
            _("Monat"),
            _("Ausgezahlt"),
            [(month(one.month), float(one.cents)) for one in months],
            _euros,
            tick=_whole_euros,
        ),
        speed=plots.lines(
            _("Von der bezahlten Rechnung bis zur Auszahlung, in Tagen"),
            _("Monat"),
            [_("Median"), _("95 von 100 nicht länger als")],
            [(month(one.month), (one.median_days, one.late_days)) for one in months],
            _days,
        ),
        usage=plots.columns(
            _("Anfragen an die Buchhaltung je Stunde, letzte 24 Stunden"),
            _("Stunde"),
            _("Anfragen"),
            [(clock(one.hour), float(one.requests)) for one in hours],
            number,
        ),
        requests=sum(one.requests for one in hours),
        budget=round(pace * 3600) * 24 if pace else None,
        documents=documents,
        documents_limit=CREATIONS_A_YEAR if books == LEXOFFICE else None,
        waited=waited,
        recent_days=overview.RECENT_DAYS,
        days=_days,
        standing=standing,
        reason_of=_reason_of,
        kinds={"payout": _("Auszahlungen"), "sale": _("Verkäufe"), "task": _("Aufgaben")},
    )


def _owed_word(one: Owed) -> str:
    known = _OWED.get((one.kind, one.state))
    return _(known) if known else _("Auszahlungen: %(state)s", state=of_state("payout", one.state))


def _reason_of(one: Standing) -> str:
    return _(of_kind(one.reason.code).title) if one.kind == "task" else in_words(one.reason)


def _euros(cents: float) -> str:
    return money(round(cents))


def _whole_euros(cents: float) -> str:
    return f"{number(cents / 100)} €"


def _days(days: float) -> str:
    return number(days, 1)
