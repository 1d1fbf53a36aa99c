"""Admin → Monat: one month from its sales to its reconciliation, what each step lacks, and the one next act."""

from datetime import date, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import payout_run_start
from api.http.files import CSV, attachment
from api.http.language import said
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger import clock
from ledger.bank import bank_accounts, bank_run_rows, voucher_assignments
from ledger.bank.bank_accounts import OwnAccount
from ledger.bank.bank_days import next_target_day
from ledger.database import TenantTransaction
from ledger.payouts.payout_months import read_month
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow
from ledger.reports import month_file, month_strip
from ledger.reports.month_strip import Month, Stage
from ledger.roles import Permission
from ledger.types import month_after

PAGE = "/admin/monat"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ, page=PAGE)]
Editor = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
Clerk = Annotated[Visit, may(Permission.STATEMENTS, page=PAGE)]

STAGES = {
    Stage.SALES: N_("Verkäufe"),
    Stage.REHEARSAL: N_("Probelauf"),
    Stage.RUN: N_("Lauf"),
    Stage.APPROVAL: N_("Freigabe"),
    Stage.DOCUMENTS: N_("Gutschriften"),
    Stage.FILE: N_("Datei"),
    Stage.BANK: N_("Bank"),
    Stage.PAID: N_("bezahlt"),
    Stage.RECONCILED: N_("abgestimmt"),
}


class Act(NamedTuple):
    """What is done about something that is missing: `text` of the button or link, and who may press it."""

    text: str
    address: str
    needs: Permission = Permission.READ


_WAITS = ("month_documents_to_come", "month_run_under_way", "month_rehearsal_under_way", "month_is_not_over")
"""Nobody can do anything about it but wait."""


@router.get("")
async def month_page(visit: Reader) -> Response:
    return await _shown(visit, _month(visit))


@router.get("/auszahlungen.csv")
async def csv(visit: Reader) -> Response:
    month = _month(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        content = await month_file.csv_of_month(tx, month)
    return attachment(content, f"{month:%Y-%m}-auszahlungen.csv", CSV)


@router.post("/lauf")
async def begin(visit: Editor) -> Response:
    """A rehearsal of all that the month's end makes due, or its run."""
    month = read_month(visit.field("monat"))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            run = await payout_run_start.request(
                tx, day=month_after(month), rehearsal=visit.field("art") != "lauf", by=visit.person.actor
            )
    except (NotAcceptable, AlreadyExists) as refused:
        return await _shown(visit, month, wrong=said(refused))
    await visit.doors.announcer.payout_run(visit.tenant, run)
    return _again(month)


@router.post("/zuordnung")
async def assign(visit: Clerk) -> Response:
    """Somebody assigns in lexoffice what is known as paid and open there."""
    month = read_month(visit.field("monat"))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await voucher_assignments.assign(tx, month, to=visit.field("wer"), by=visit.person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, month, wrong=said(refused))
    return _again(month)


@router.post("/zuordnung/zuruecknehmen")
async def withdraw(visit: Clerk) -> Response:
    month = read_month(visit.field("monat"))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await voucher_assignments.withdraw(tx, month, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await _shown(visit, month, wrong=said(refused))
    return _again(month)


async def _shown(visit: Visit, month: date, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await month_strip.of_month(tx, month)
        accounts = await _accounts(tx) if found.next == "month_in_no_file" else []
        file = await bank_run_rows.get(tx, found.bank_run) if found.bank_run else None
    return visit.page(
        "month.html",
        status=422 if wrong else 200,
        wrong=wrong,
        typed=visit.form,
        found=found,
        month=f"{month:%Y-%m}",
        before=f"{month - timedelta(days=1):%Y-%m}",
        after=f"{month_after(month):%Y-%m}",
        address=_address(month),
        stages=STAGES,
        acts=_acts(found),
        told=next((one for step in found.steps for one in step.missing if one.code == found.next), None),
        waits=found.next in _WAITS,
        person_may=visit.person.may,
        may_write=visit.person.may(Permission.WRITE),
        may_bank=visit.person.may(Permission.BANK),
        may_confirm=visit.person.may(Permission.CONFIRM_BANK),
        may_say=visit.person.may(Permission.STATEMENTS),
        is_mine=file is not None and file.created_by == visit.person.actor,
        accounts=accounts,
        file=file,
        day=next_target_day(clock.today()),
    )


def _acts(month: Month) -> dict[str, Act]:
    """By what is missing."""
    of_run = f"&auszahlungslauf={month.run}" if month.run else ""
    file = f"/admin/zahlungslaeufe/{month.bank_run}" if month.bank_run else "/admin/zahlungslaeufe"
    first, last = month.month, month_after(month.month) - timedelta(days=1)
    days = f"&von={first}&bis={last}"
    acts = {
        "month_sales_unpaid": Act(N_("Ansehen"), f"/admin/transaktionen?status=pending{days}"),
        "month_sales_held": Act(N_("Ansehen"), f"/admin/transaktionen?status=approved{days}"),
        "month_awaiting_approval": Act(N_("Zu den Freigaben"), "/admin/freigaben?alle=1", Permission.APPROVE),
        "month_payouts_held": Act(N_("Ansehen"), f"/admin/auszahlungen?status=awaiting_approval{of_run}"),
        "month_documents_blocked": Act(N_("Ansehen"), f"/admin/auszahlungen?status=approved{of_run}"),
        "month_outcome_unknown": Act(N_("Ansehen"), f"/admin/auszahlungen?status=outcome_unknown{of_run}"),
        "month_in_no_file": Act(N_("Zu den Zahlungsläufen"), "/admin/zahlungslaeufe", Permission.SEE_BANK),
        "month_files_to_approve": Act(N_("Zahlungslauf ansehen"), file, Permission.SEE_BANK),
        "month_files_to_make": Act(N_("Zahlungslauf ansehen"), file, Permission.SEE_BANK),
        "month_not_on_a_statement": Act(N_("Zu den Kontoauszügen"), "/admin/kontoauszuege", Permission.SEE_BANK),
        "month_entries_unexplained": Act(N_("Zuordnen"), "/admin/nicht-zugeordnet", Permission.SEE_BANK),
        "month_returned": Act(N_("Ansehen"), f"/admin/auszahlungen?status=returned{of_run}"),
        "month_to_mark_paid": Act(N_("Abarbeiten"), f"/admin/in-lexoffice?monat={first:%Y-%m}"),
        "month_open_in_books": Act(N_("Ansehen"), f"/admin/in-lexoffice?monat={first:%Y-%m}"),
    }
    question = f"/admin/aufgaben/{month.question}?weiter={PAGE}%3Fmonat%3D{first:%Y-%m}" if month.question else None
    acts["month_names_do_not_fit"] = Act(N_("Ansehen"), question or "/admin/aufgaben?art=names_checked")
    acts["month_file_rejected"] = Act(N_("Ansehen"), question or "/admin/aufgaben?art=bank_rejected")
    if month.rehearsal:
        acts["month_partners_wait"] = Act(N_("Gründe"), f"/admin/auszahlungslaeufe/{month.rehearsal}?zeige=wartet")
    return acts


async def _accounts(tx: TenantTransaction) -> list[OwnAccount]:
    return [one for one in await bank_accounts.list_accounts(tx) if one.state == "active"]


def _month(visit: Visit) -> date:
    """The one that was chosen, else the last month, whose payouts are made now."""
    wanted = visit.request.query_params.get("monat", "").strip()
    return read_month(wanted) if wanted else (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def _address(month: date) -> str:
    return f"{PAGE}?monat={month:%Y-%m}"


def _again(month: date) -> RedirectResponse:
    return RedirectResponse(_address(month), status_code=303)
