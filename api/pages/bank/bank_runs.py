"""Admin → Zahlungsläufe: what can be transferred, drafts, their approval by a second person, and the file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions.bank_file import xml_file
from api.http.language import in_words, said
from api.http.rows import after
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import Instead, PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import waiting_words
from api.pages.words.bank_words import PAYEE_RESULTS, WAYS_OUT
from ledger import clock
from ledger.bank import (
    bank_accounts,
    bank_candidates,
    bank_export,
    bank_rejections,
    bank_run_cancelling,
    bank_run_rows,
    bank_run_stages,
    bank_runs,
    payee_checks,
)
from ledger.bank.bank_days import executed_from, next_target_day
from ledger.bank.bank_run_stages import RunStage
from ledger.database import TenantTransaction
from ledger.refusals import ContentHasChanged, NotAcceptable, NotAllowedNow, NotFound, NothingDue
from ledger.reports import waiting_elsewhere
from ledger.roles import Permission
from ledger.types import BERLIN, business_day

PAGE = "/admin/zahlungslaeufe"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.SEE_BANK, page=PAGE)]
Banker = Annotated[Visit, may(Permission.BANK, page=PAGE)]
Second = Annotated[Visit, may(Permission.CONFIRM_BANK, page=PAGE)]
_LINES = 500
"""Payments on one page."""

_TONES = {
    RunStage.DRAFT: "waiting",
    RunStage.RELEASED: "moving",
    RunStage.HANDED_IN: "moving",
    RunStage.WITHDRAWAL_ASKED: "trouble",
    RunStage.PARTLY_REJECTED: "trouble",
    RunStage.REJECTED: "trouble",
    RunStage.PARTLY_EXECUTED: "moving",
    RunStage.EXECUTED: "done",
    RunStage.WITHDRAWN: "stopped",
    RunStage.DISCARDED: "stopped",
}
_CHANGED = N_("Der Zahlungslauf hat sich geändert. Bitte prüfen Sie ihn noch einmal.")


@router.get("")
async def runs_page(visit: Viewer) -> Response:
    return await _list(visit)


@router.post("")
async def create(visit: Banker) -> Response:
    try:
        account, day = _uuid(visit.field("account")), _day(visit.field("day"))
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            run = await bank_runs.create(
                tx,
                visit.doors.vault,
                by=visit.person.actor,
                account=account,
                execution_date=day,
            )
    except (NotAcceptable, NotAllowedNow, NothingDue) as refused:
        return await _list(visit, wrong=said(refused))
    return RedirectResponse(visit.onward(f"{PAGE}/{run.number}"), status_code=303)


@router.get("/{number}")
async def run_page(number: str, visit: Viewer) -> Response:
    return await _run(visit, number)


@router.post("/{number}/freigeben")
async def approve(number: str, visit: Second) -> Response:
    seen = visit.field("content_hash")[:64]
    async with acting(visit, number, refresh=True) as tx:
        await bank_runs.approve(tx, visit.doors.vault, number, by=visit.person.actor, seen_hash=seen)
    return RedirectResponse(visit.onward(f"{PAGE}/{number}"), status_code=303)


@router.post("/{number}/datei")
async def download(number: str, visit: Banker) -> Response:
    """The first time makes the file. By POST, so that no browser fetches it ahead."""
    try:
        await _refresh(visit, number)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            file = await bank_export.download(
                tx,
                visit.doors.vault,
                number,
                by=visit.person.actor,
                in_recovery=visit.doors.settings.recovery is not None,
            )
    except ContentHasChanged:
        return await _run(visit, number, wrong=_CHANGED)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _run(visit, number, wrong=said(refused))
    return xml_file(file)


@router.post("/{number}/bestaetigen")
async def confirm(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        await bank_runs.confirm(tx, number, by=visit.person.actor, today=clock.today())
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/tag")
async def reschedule(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        day = _day(visit.field("day"))
        if day is None:
            raise NotAcceptable("day_not_acceptable")
        await bank_runs.reschedule(tx, number, day, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/entfernen")
async def drop(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        reason = visit.field("reason")[:500]
        if not reason:
            raise NotAcceptable("reason_missing")
        await bank_runs.drop(tx, number, visit.field("payout"), by=visit.person.actor, reason=reason)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/stornieren")
async def cancel(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        await bank_run_cancelling.cancel(tx, number, by=visit.person.actor, reason=visit.field("reason")[:500])
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/stornieren/bestaetigen")
async def confirm_cancel(number: str, visit: Second) -> Response:
    async with acting(visit, number) as tx:
        await bank_run_cancelling.confirm_cancel(tx, number, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/stornieren/zurueckziehen")
async def withdraw_cancel(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        await bank_run_cancelling.withdraw_cancel(tx, number, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/ablehnung/bestaetigen")
async def confirm_rejection(number: str, visit: Second) -> Response:
    async with acting(visit, number) as tx:
        await bank_rejections.confirm(tx, number, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/echtzeit")
async def choose_instant(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        instant = visit.field("echtzeit") == "1"
        await bank_runs.choose_instant(tx, number, instant=instant, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/empfaengerpruefung")
async def note_name_check(number: str, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        wanted = visit.field("pruefen") == "1"
        await bank_runs.note_name_check(tx, number, wanted=wanted, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@asynccontextmanager
async def acting(visit: Visit, number: str, *, refresh: bool = False) -> AsyncIterator[TenantTransaction]:
    """A refusal shows the run again, with its reason. Raises Instead."""
    try:
        if refresh:
            await _refresh(visit, number)
        async with visit.doors.ledger.transaction(
            visit.tenant, cause=visit.person.actor, person=visit.person.user_id
        ) as tx:
            yield tx
    except ContentHasChanged:
        raise Instead(await _run(visit, number, wrong=_CHANGED)) from None
    except (NotAcceptable, NotAllowedNow) as refused:
        raise Instead(await _run(visit, number, wrong=said(refused))) from None


async def _refresh(visit: Visit, number: str) -> None:
    """What may not be paid any more drops out and stays out, whether or not the act that follows is refused."""
    async with visit.doors.ledger.transaction(visit.tenant, cause=visit.person.actor) as tx:
        await bank_runs.refresh(tx, visit.doors.vault, number, by=visit.person.actor)


async def _list(visit: Visit, *, wrong: str | None = None) -> Response:
    cursor = visit.request.query_params.get("ab", "")
    position = cursor if cursor.isascii() and cursor.isdecimal() and len(cursor) < 19 else None
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        runs, following = await bank_run_rows.list_runs(tx, after=after(position), limit=50)
        stages = await bank_run_stages.of_runs(tx, runs)
        before = await bank_candidates.preview(tx, visit.doors.vault)
        accounts = await bank_accounts.list_accounts(tx)
        elsewhere = waiting_words.lines(await waiting_elsewhere.count(tx), visit.person)
    payable = [one for one in before.judged if one.barred is None]
    return visit.page(
        "bank_runs.html",
        status=422 if wrong else 200,
        wrong=wrong,
        runs=runs,
        elsewhere=[line for line in elsewhere if line.address != PAGE],
        stages={run: _stage_shown(stage) for run, stage in stages.items()},
        first=PAGE if position else "",
        following=f"{PAGE}?ab={following}" if following else "",
        payable=payable,
        payable_cents=sum(one.amount_cents for one in payable),
        barred=[one for one in before.judged if one.barred and one.run is None],
        before=before,
        ways_out=WAYS_OUT,
        accounts=[one for one in accounts if one.state == "active"],
        day=next_target_day(clock.today()),
        may_create=visit.person.may(Permission.BANK),
    )


async def _run(visit: Visit, number: str, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        run = await bank_run_rows.get(tx, number)
        stage = await bank_run_stages.of_run(tx, run)
        account = await bank_accounts.get(tx, run.account_id)
        start = _position(visit)
        lines = await bank_run_rows.lines(tx, run.id, after=start, limit=_LINES + 1)
        names = await actor_names.names(tx)
        rejections = await bank_rejections.of_run(tx, run.id)
        checks = await payee_checks.newest(tx, {line.bank_details_id for line in lines})
        paid = (await bank_run_rows.count_paid_payouts(tx, run.id))[0] if run.state == "exported" else 0
    following = f"{PAGE}/{number}?ab={lines[_LINES - 1].position}" if len(lines) > _LINES else ""
    shown = lines[:_LINES]
    return visit.page(
        "bank_run.html",
        status=422 if wrong else 200,
        wrong=wrong,
        run=run,
        account=account,
        lines=[line for line in shown if line.stood_in_file or run.state == "cancelled"],
        dropped=[line for line in shown if not line.stood_in_file and run.state != "cancelled"],
        names=names,
        checks=checks,
        rejections=rejections,
        to_confirm=[one for one in rejections.values() if one.confirmed_at is None],
        payee_results=PAYEE_RESULTS,
        paid=paid,
        stage=_stage_shown(stage),
        first=f"{PAGE}/{number}" if start else "",
        following=following,
        executed_from=executed_from(run.execution_date, clock.now().astimezone(BERLIN), account.cut_off),
        is_due=clock.today() >= run.execution_date,
        may_bank=visit.person.may(Permission.BANK),
        may_confirm=visit.person.may(Permission.CONFIRM_BANK),
    )


def _stage_shown(stage: RunStage) -> tuple[str, str]:
    """Words and tone."""
    return in_words(bank_run_stages.said(stage)), _TONES[stage]


def _position(visit: Visit) -> int:
    wanted = visit.request.query_params.get("ab", "")
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("own_account_not_found") from None


def _day(text: str) -> date | None:
    try:
        return business_day(text) if text else None
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None
