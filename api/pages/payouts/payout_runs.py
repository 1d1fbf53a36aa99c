"""Auszahlungsläufe: rehearse, begin, watch and cancel runs; who gets what, who nothing and why; the monthly day."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import payout_run_start
from api.http.language import said
from api.http.rows import after
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words.payout_words import REASONS
from ledger.access import tenants
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.payouts import payout_run_results, payout_runs
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow
from ledger.roles import Permission

PAGE = "/admin/auszahlungslaeufe"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.READ, page=PAGE)]
Editor = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

STATES = {
    "running": (N_("läuft"), "moving"),
    "done": (N_("abgeschlossen"), "done"),
    "cancelled": (N_("abgebrochen"), "stopped"),
}


@router.get("")
async def runs_page(visit: Viewer) -> Response:
    return await _list(visit)


@router.post("")
async def begin(visit: Editor) -> Response:
    rehearsal = visit.field("art") != "lauf"
    try:
        day = payout_runs.read_day(visit.field("stichtag")) if visit.field("stichtag") else None
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            run = await payout_run_start.request(tx, day=day, rehearsal=rehearsal, by=visit.person.actor)
    except (NotAcceptable, AlreadyExists) as refused:
        return await _list(visit, wrong=said(refused))
    await visit.doors.announcer.payout_run(visit.tenant, run)
    return RedirectResponse(f"{PAGE}?begonnen=1", status_code=303)


@router.post("/kalender")
async def set_day(visit: SettingsAdmin) -> Response:
    """The monthly day and hour; an empty day ends it."""
    try:
        day, hour = _number(visit.field("tag"), 1, 28), _number(visit.field("stunde"), 0, 23)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await tenants.change(
                tx, {"payout_run_day": day, "payout_run_hour": 6 if hour is None else hour}, actor=visit.person.actor
            )
    except NotAcceptable as refused:
        return await _list(visit, wrong=said(refused))
    await visit.doors.announcer.schedule(visit.tenant, ScheduleKind.PAYOUT_RUN)
    return RedirectResponse(PAGE, status_code=303)


@router.get("/{run}")
async def run_page(run: UUID, visit: Viewer) -> Response:
    return await _run(visit, run)


@router.post("/{run}/abbrechen")
async def cancel(run: UUID, visit: Editor) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await payout_runs.cancel(tx, run, by=visit.person.actor, reason=visit.field("reason")[:500])
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _run(visit, run, wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{run}", status_code=303)


async def _list(visit: Visit, *, wrong: str | None = None) -> Response:
    position = _position(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        runs, following = await payout_runs.list_runs(tx, after=after(position))
        profile = await tenants.get_profile(tx)
        names = await actor_names.names(tx)
    return visit.page(
        "payout_runs.html",
        status=422 if wrong else 200,
        wrong=wrong,
        runs=runs,
        states=STATES,
        names=names,
        profile=profile,
        begun=visit.request.query_params.get("begonnen") == "1",
        here=PAGE,
        first=PAGE if position else "",
        following=f"{PAGE}?ab={following}" if following else "",
        typed=visit.form,
        may_begin=visit.person.may(Permission.WRITE),
        may_set=visit.person.may(Permission.SETTINGS),
    )


async def _run(visit: Visit, run: UUID, *, wrong: str | None = None) -> Response:
    position, shown = _position(visit), visit.request.query_params.get("zeige", "")
    paid = {"ausgezahlt": True, "wartet": False}.get(shown)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await payout_runs.get(tx, run)
        totals = await payout_run_results.totals(tx, run)
        rows, following = await payout_run_results.list_rows(tx, run, paid=paid, after=after(position))
        before = await payout_run_results.run_before(tx, found)
        changed = await payout_run_results.differences(tx, run, before) if before else []
        names = await actor_names.names(tx)
    here = f"{PAGE}/{run}" + (f"?zeige={shown}" if paid is not None else "")
    return visit.page(
        "payout_run.html",
        status=422 if wrong else 200,
        wrong=wrong,
        run=found,
        totals=totals,
        rows=rows,
        changed=changed,
        names=names,
        states=STATES,
        reasons=REASONS,
        shown="" if paid is None else shown,
        here=here,
        first=here if position else "",
        following=f"{here}{'&' if '?' in here else '?'}ab={following}" if following else "",
        may_cancel=visit.person.may(Permission.WRITE),
    )


def _position(visit: Visit) -> str | None:
    wanted = visit.request.query_params.get("ab", "")
    return wanted if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else None


def _number(text: str, lowest: int, highest: int) -> int | None:
    """None for an empty field. Raises NotAcceptable."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 3 and lowest <= int(text) <= highest):
        raise NotAcceptable("day_unusable")
    return int(text)
