"""CSV of partners, customers, tasks and the rows of a run: partners and customers in the columns in which files of them
are taken over."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.language import in_words, language
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import IN_A_FILE, csv_answer, every_row, in_batches
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import of_state
from api.pages.words.payout_words import REASONS
from api.pages.words.task_words import of_kind
from ledger import tasks
from ledger.csv_writing import Cents
from ledger.imports import exports
from ledger.imports.columns import Kind
from ledger.payouts import payout_run_results, payout_runs
from ledger.payouts.due import NotDue
from ledger.payouts.payout_run_results import RunRow
from ledger.roles import Permission
from ledger.tasks import Task, TaskFilter
from ledger.vault import Vault

router = APIRouter(prefix="/admin", route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Banker = Annotated[Visit, may(Permission.BANK, page="/admin/partner")]


@router.get("/partner.csv")
async def partners_file(visit: Reader) -> Response:
    return _partners(visit, None)


@router.post("/partner-mit-bankverbindungen.csv")
async def partners_file_with_accounts(visit: Banker) -> Response:
    """Whole IBANs leave the product: by POST, with a fresh second factor and an entry in the trail."""
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await exports.record_download(tx, by=visit.person.actor)
    return _partners(visit, visit.doors.vault)


@router.get("/kunden.csv")
async def customers_file(visit: Reader) -> Response:
    spoken = _spoken()

    async def batch(position: int | None) -> tuple[list[Sequence[Any]], int | None]:
        async with visit.doors.files.transaction(visit.tenant) as tx:
            return await exports.customers(tx, spoken, after=position, limit=IN_A_FILE)

    return csv_answer("kunden", exports.headings(Kind.CUSTOMERS, spoken), in_batches(batch))


@router.get("/aufgaben.csv")
async def tasks_file(visit: Reader) -> Response:
    header = (
        *(
            N_("Gestellt am"),
            N_("Art"),
            N_("Frage"),
            N_("Worum es geht"),
            N_("Kennung"),
            N_("Status"),
            N_("Erledigt am"),
        ),
        N_("Von"),
    )
    rows = every_row(visit, tasks.list_tasks, TaskFilter(state=None), _task)
    return csv_answer("aufgaben", [_(text) for text in header], rows)


@router.get("/auszahlungslaeufe/{run}/zeilen.csv")
async def run_file(run: UUID, visit: Reader) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await payout_runs.get(tx, run)

    async def batch(position: int | None) -> tuple[list[Sequence[Any]], int | None]:
        async with visit.doors.files.transaction(visit.tenant) as tx:
            rows, following = await payout_run_results.list_rows(tx, run, after=position, limit=IN_A_FILE)
        return [_row(row) for row in rows], following

    header = (
        *(N_("Partnercode"), N_("Name"), N_("Auszahlung"), N_("Steuerfall"), N_("Grund"), N_("Zeilen"), N_("Netto")),
        *(N_("USt"), N_("Brutto")),
    )
    return csv_answer(f"lauf-{found.period}", [_(text) for text in header], in_batches(batch))


def _partners(visit: Visit, vault: Vault | None) -> Response:
    spoken = _spoken()

    async def batch(position: str | None) -> tuple[list[Sequence[Any]], str | None]:
        async with visit.doors.files.transaction(visit.tenant) as tx:
            return await exports.partners(tx, vault, spoken, after=position, limit=IN_A_FILE)

    header = exports.headings(Kind.PARTNERS, spoken, without=() if vault else exports.BANK)
    return csv_answer("partner", header, in_batches(batch))


def _task(task: Task) -> Sequence[Any]:
    return (
        *(task.created_at, _(of_kind(task.kind).title), in_words(task.why), task.subject, task.subject_id),
        *(of_state("task", task.state), task.resolved_at, task.resolved_by),
    )


def _row(row: RunRow) -> Sequence[Any]:
    waits = row.reason and (_(REASONS[NotDue(row.reason)]) if row.reason in list(NotDue) else row.reason)
    why = in_words(row.why) or waits
    return (
        *(row.partner_code, row.partner_name, row.payout, row.tax_case, why, row.lines),
        *(Cents(row.net_cents), Cents(row.tax_cents), Cents(row.gross_cents)),
    )


def _spoken() -> Literal["de", "en"]:
    return "en" if language() == "en" else "de"
