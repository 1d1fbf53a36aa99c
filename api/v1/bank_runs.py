"""Bank runs and the tenant's own accounts. Everything here needs the scope `bank`; two persons are two keys' makers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from api.actions.bank_file import xml_file
from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.bank_candidates import Candidates, candidate_shown
from api.v1.callers import Banker
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger import clock
from ledger.access.api_keys import Caller
from ledger.bank import (
    bank_accounts,
    bank_candidates,
    bank_export,
    bank_run_cancelling,
    bank_run_rows,
    bank_run_stages,
    bank_runs,
)
from ledger.bank.bank_accounts import NewOwnAccount, OwnAccount, Terms
from ledger.bank.bank_run_rows import BankRun, BankRunLine
from ledger.bank.bank_run_stages import RunStage
from ledger.database import TenantTransaction
from ledger.types import BusinessDay, Submitted

router = door_router("/api/v1", "Zahlungsläufe")
RunNumber = Annotated[str, Path(max_length=32, description="Nummer des Zahlungslaufs", examples=["ZL-2026-0001"])]


class RunShown(BankRun):
    state_reason: str | None = Field(description="Warum er wieder ein Entwurf ist")
    stage: RunStage = Field(
        description="Wie weit er bei der Bank ist: `state`, und was sie davon abgelehnt (pain.002) oder ausgeführt "
        "(Kontoauszug) hat"
    )
    stage_words: str = Field(description="Dasselbe in Worten", examples=["an die Bank gegeben"])


class RunInFull(RunShown):
    """With its payments; those that dropped out say why."""

    lines: list[BankRunLine]


class RunRequest(Submitted):
    account: UUID | None = Field(default=None, description="Eigenes Konto; nötig, wenn mehrere in Kraft sind")
    execution_date: BusinessDay | None = Field(
        default=None, description="Ein Bankarbeitstag; sonst der nächste", examples=["2026-12-01"]
    )
    payouts: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=bank_runs.MOST_PAYMENTS,
        description="Sonst alle, die zahlbar sind",
        examples=[["PO-2026-0001"]],
    )


class RunApproval(Submitted):
    content_hash: str = Field(
        max_length=64, description="`content_hash` des Laufs, wie er gezeigt wurde", examples=["9f2b…"]
    )


class Reason(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Die Bank hat die Datei abgelehnt."])


class Instant(Submitted):
    instant: bool = Field(examples=[True])


class NewDay(Submitted):
    execution_date: BusinessDay = Field(examples=["2026-12-01"])


@router.get(
    "/bank-accounts", summary="Eigene Bankkonten", operation_id="list_bank_accounts", response_model=list[OwnAccount]
)
async def list_accounts(doors: Doors, caller: Banker) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse([_account(one) for one in await bank_accounts.list_accounts(tx)])


@router.post(
    "/bank-accounts",
    summary="Ein eigenes Bankkonto festhalten",
    description="Es gilt erst, wenn eine zweite Person es bestätigt.",
    operation_id="record_bank_account",
    status_code=201,
    response_model=OwnAccount,
)
async def record_account(doors: Doors, caller: Banker, once: OnlyOnce, new: NewOwnAccount) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_account(await bank_accounts.record(tx, doors.vault, new, by=caller.actor)), status=201)


@router.post(
    "/bank-accounts/{account}/confirm",
    summary="Ein eigenes Bankkonto als zweite Person bestätigen",
    operation_id="confirm_bank_account",
    response_model=OwnAccount,
)
async def confirm_account(account: UUID, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_account(await bank_accounts.confirm(tx, account, by=caller.actor)))


@router.post(
    "/bank-accounts/{account}/end",
    summary="Ein eigenes Bankkonto ablehnen oder stilllegen",
    operation_id="end_bank_account",
    response_model=OwnAccount,
)
async def end_account(account: UUID, caller: Banker, once: OnlyOnce, why: Annotated[Reason, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_account(await bank_accounts.end(tx, account, by=caller.actor, reason=why.reason)))


@router.post(
    "/bank-accounts/{account}/terms",
    summary="Festhalten, was die Bank für ein eigenes Konto bietet",
    description="`cut_off`: bis wann sie Dateien für denselben Bankarbeitstag annimmt (deutsche Zeit); "
    "`takes_instant`: ob sie Echtzeitüberweisungen aus Dateien annimmt.",
    operation_id="note_bank_account_terms",
    response_model=OwnAccount,
)
async def note_terms(account: UUID, caller: Banker, once: OnlyOnce, terms: Terms) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(_account(await bank_accounts.note_terms(tx, account, terms, by=caller.actor)))


@router.get(
    "/bank-runs/candidates",
    summary="Was überwiesen werden kann, und was nicht und warum",
    operation_id="list_bank_run_candidates",
    response_model=Candidates,
)
async def candidates(doors: Doors, caller: Banker) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        judged = await bank_candidates.judged(tx, doors.vault)
    payable = [one for one in judged if one.barred is None]
    return JSONResponse(
        {
            "payable": [candidate_shown(one) for one in payable],
            "barred": [candidate_shown(one) for one in judged if one.barred and not one.outside_sepa],
            "outside_sepa": [candidate_shown(one) for one in judged if one.outside_sepa],
            "total_cents": sum(one.amount_cents for one in payable),
            "total_of": len(payable),
        }
    )


@router.get(
    "/bank-runs", summary="Zahlungsläufe auflisten", operation_id="list_bank_runs", response_model=Page[RunShown]
)
async def list_runs(doors: Doors, caller: Banker, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await bank_run_rows.list_runs(
            tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
        )
        stages = await bank_run_stages.of_runs(tx, found[0])
    return JSONResponse(page(found, lambda run: _shown(run, stages[run.id])))


@router.post(
    "/bank-runs",
    summary="Einen Zahlungslauf entwerfen",
    description="Nimmt auf, was überwiesen werden kann: offene Gutschriften, die ihrer Freigabe entsprechen, auf das "
    "Konto der Freigabe. 409 mit `nothing_due`, wenn es nichts gibt.",
    operation_id="create_bank_run",
    status_code=201,
    response_model=RunInFull,
)
async def create_run(doors: Doors, caller: Banker, once: OnlyOnce, wanted: RunRequest) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_runs.create(
            tx,
            doors.vault,
            by=caller.actor,
            account=wanted.account,
            execution_date=wanted.execution_date,
            payouts=wanted.payouts,
        )
        return after.answer(await _in_full(tx, run), status=201)


@router.get(
    "/bank-runs/{number}", summary="Einen Zahlungslauf ansehen", operation_id="get_bank_run", response_model=RunInFull
)
async def get_run(
    number: RunNumber,
    doors: Doors,
    caller: Banker,
    after_position: Annotated[int, Query(ge=0, le=10**9, description="Zahlungen nach dieser Position")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        run = await bank_run_rows.get(tx, number)
        return JSONResponse(await _in_full(tx, run, after_position=after_position, limit=limit))


@router.post(
    "/bank-runs/{number}/approve",
    summary="Einen Zahlungslauf als zweite Person freigeben",
    description="Nennt den Inhalt, der gesehen wurde. 409 mit `content_has_changed`, wenn er nicht mehr stimmt: was "
    "nicht mehr überwiesen werden kann, ist dann entfallen, mit dem Grund an der Zahlung.",
    operation_id="approve_bank_run",
    response_model=RunInFull,
)
async def approve(number: RunNumber, doors: Doors, caller: Banker, once: OnlyOnce, seen: RunApproval) -> JSONResponse:
    await _refresh(doors, caller, number)

    async with once.acting() as (tx, after):
        run = await bank_runs.approve(tx, doors.vault, number, by=caller.actor, seen_hash=seen.content_hash)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/reschedule",
    summary="Den Ausführungstag ändern",
    description="Eine Freigabe ist danach hinfällig.",
    operation_id="reschedule_bank_run",
    response_model=RunInFull,
)
async def reschedule(number: RunNumber, caller: Banker, once: OnlyOnce, day: NewDay) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_runs.reschedule(tx, number, day.execution_date, by=caller.actor)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/instant",
    summary="Echtzeitüberweisungen verlangen, oder nicht mehr",
    description="Nur, wo die Bank sie für das Konto annimmt (`takes_instant`). Eine Freigabe ist danach hinfällig.",
    operation_id="choose_instant_bank_run",
    response_model=RunInFull,
)
async def choose_instant(number: RunNumber, caller: Banker, once: OnlyOnce, chosen: Instant) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_runs.choose_instant(tx, number, instant=chosen.instant, by=caller.actor)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/payments/{payout}/drop",
    summary="Eine Zahlung aus einem Entwurf nehmen",
    operation_id="drop_bank_run_payment",
    response_model=RunInFull,
)
async def drop(
    number: RunNumber,
    payout: Annotated[str, Path(max_length=32)],
    caller: Banker,
    once: OnlyOnce,
    why: Annotated[Reason, Body()],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_runs.drop(tx, number, payout, by=caller.actor, reason=why.reason)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/file",
    summary="Die Datei für die Bank herunterladen",
    description="pain.001.001.09. Der erste Abruf macht die Datei aus dem freigegebenen Stand; jeder weitere liefert "
    "genau diese Datei. Jeder steht im Prüfpfad.",
    operation_id="download_bank_file",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}, "description": "Die Datei"}},
)
async def download(number: RunNumber, doors: Doors, caller: Banker) -> Response:
    await _refresh(doors, caller, number)
    async with doors.ledger.transaction(caller.tenant, cause=caller.actor) as tx:
        file = await bank_export.download(
            tx, doors.vault, number, by=caller.actor, in_recovery=doors.settings.recovery is not None
        )
    return xml_file(file)


@router.post(
    "/bank-runs/{number}/confirm",
    summary="Bestätigen, dass die Bank ausgeführt hat",
    operation_id="confirm_bank_run",
    response_model=RunInFull,
)
async def confirm(number: RunNumber, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_runs.confirm(tx, number, by=caller.actor, today=clock.today())
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/cancel",
    summary="Einen Zahlungslauf stornieren",
    description="Vor dem Export sofort. Danach ist es ein Antrag, den eine zweite Person bestätigt.",
    operation_id="cancel_bank_run",
    response_model=RunInFull,
)
async def cancel(number: RunNumber, caller: Banker, once: OnlyOnce, why: Annotated[Reason, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_run_cancelling.cancel(tx, number, by=caller.actor, reason=why.reason)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/cancel/confirm",
    summary="Die Stornierung eines exportierten Laufs als zweite Person bestätigen",
    description="Die Datei wurde und wird nicht ausgeführt; ihre Auszahlungen sind wieder frei.",
    operation_id="confirm_cancel_bank_run",
    response_model=RunInFull,
)
async def confirm_cancel(number: RunNumber, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_run_cancelling.confirm_cancel(tx, number, by=caller.actor)
        return after.answer(await _in_full(tx, run))


@router.post(
    "/bank-runs/{number}/cancel/withdraw",
    summary="Den Antrag auf Stornierung zurückziehen",
    operation_id="withdraw_cancel_bank_run",
    response_model=RunInFull,
)
async def withdraw_cancel(number: RunNumber, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await bank_run_cancelling.withdraw_cancel(tx, number, by=caller.actor)
        return after.answer(await _in_full(tx, run))


async def _refresh(doors: Parts, caller: Caller, number: str) -> None:
    """What may not be paid any more drops out, whether or not the act that follows is refused then."""
    async with doors.ledger.transaction(caller.tenant, cause=caller.actor) as tx:
        await bank_runs.refresh(tx, doors.vault, number, by=caller.actor)


async def _in_full(
    tx: TenantTransaction, run: BankRun, *, after_position: int = 0, limit: int | None = None
) -> dict[str, Any]:
    held = await bank_run_rows.lines(tx, run.id, after=after_position, limit=limit)
    stage = await bank_run_stages.of_run(tx, run)
    return _shown(run, stage, lines=[_line(line) for line in held])


def _shown(run: BankRun, stage: RunStage, **more: Any) -> dict[str, Any]:
    told = {"stage": stage, "stage_words": in_words(bank_run_stages.said(stage))}
    return shown(run, state_reason=in_words(run.why), **told, **more)


def _line(line: BankRunLine) -> dict[str, Any]:
    return shown(line, released_reason=in_words(line.why_released), iban=line.masked_iban)


def _account(account: OwnAccount) -> dict[str, Any]:
    return shown(account, ended_reason=in_words(account.why_ended), iban=account.masked_iban)
