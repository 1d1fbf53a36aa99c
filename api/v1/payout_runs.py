"""Payout runs: all that is due at a cut-off, as one payout per partner and tax case; or worked out only (rehearsal)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.actions import payout_run_start
from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import Cursor, Limit, ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.payouts import payout_run_results, payout_runs
from ledger.payouts.payout_run_results import Difference, RunRow, RunTotals
from ledger.payouts.payout_runs import PayoutRun
from ledger.types import BusinessDay, Submitted

router = door_router("/api/v1/payout-runs", "Auszahlungsläufe")


class RunWanted(Submitted):
    cut_off: BusinessDay | None = Field(
        default=None,
        description="Stichtag: gezahlt vor diesem Tag, 0 Uhr (Europe/Berlin); sonst der Erste dieses Monats",
        examples=["2026-11-01"],
    )
    rehearsal: bool = Field(default=False, description="Probelauf: alles wird berechnet, keine Auszahlung entsteht")


class RunBegun(BaseModel):
    id: UUID
    period: str = Field(examples=["2026-10"])
    rehearsal: bool


class RunInFull(PayoutRun):
    """With its sums so far. `minutes_at_lexoffice`: how long its documents take
    there, at 18 a minute and 1.9 calls a second; a voucher takes four calls."""

    totals: RunTotals
    minutes_at_lexoffice: float = Field(examples=[555.6])
    share_of_the_year: float = Field(description="Anteil an 50.000 Belegen im Jahr", examples=[0.2])


class Reason(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Falscher Stichtag."])


class RunRowShown(RunRow):
    sentence: str | None = Field(description="Warum nichts ausgezahlt wird")


@router.get("", summary="Auszahlungsläufe auflisten", operation_id="list_payout_runs", response_model=Page[PayoutRun])
async def list_runs(doors: Doors, caller: Reader, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(
            page(
                await payout_runs.list_runs(
                    tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
                )
            )
        )


@router.post(
    "",
    summary="Einen Auszahlungslauf oder Probelauf beginnen",
    description="Er läuft im Hintergrund; `GET /payout-runs/{id}` zeigt ihn sofort.",
    operation_id="begin_payout_run",
    status_code=202,
    response_model=RunBegun,
)
async def begin(doors: Doors, caller: Writer, once: OnlyOnce, wanted: Annotated[RunWanted, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        run = await payout_run_start.request(tx, day=wanted.cut_off, rehearsal=wanted.rehearsal, by=caller.actor)
        after(doors.announcer.payout_run, tx.tenant, run)
        return after.answer({"id": str(run.id), "period": run.period, "rehearsal": run.rehearsal}, status=202)


@router.get("/{run}", summary="Einen Lauf ansehen", operation_id="get_payout_run", response_model=RunInFull)
async def get_run(doors: Doors, caller: Reader, run: UUID) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await payout_runs.get(tx, run)
        totals = await payout_run_results.totals(tx, run)
    return JSONResponse(
        shown(
            found,
            totals=totals.model_dump(mode="json"),
            minutes_at_lexoffice=round(totals.minutes_at_lexoffice, 1),
            share_of_the_year=round(totals.share_of_the_year, 4),
        )
    )


@router.get(
    "/{run}/rows",
    summary="Wer bekommt was, wer nichts und warum",
    operation_id="list_payout_run_rows",
    response_model=Page[RunRowShown],
)
async def list_rows(
    doors: Doors,
    caller: Reader,
    run: UUID,
    paid: Annotated[bool | None, Query(description="Nur, was ausgezahlt wird, oder nur, was wartet")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        await payout_runs.get(tx, run)
        rows = await payout_run_results.list_rows(tx, run, paid=paid, after=after(cursor), limit=limit)
    return JSONResponse(page(rows, _row))


@router.get(
    "/{run}/differences",
    summary="Was sich gegen den Lauf davor geändert hat",
    description="Die 50 größten Änderungen je Partner; leer, wenn es keinen früheren Lauf gibt.",
    operation_id="list_payout_run_differences",
    response_model=list[Difference],
)
async def list_differences(doors: Doors, caller: Reader, run: UUID) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await payout_runs.get(tx, run)
        before = await payout_run_results.run_before(tx, found)
        changed = await payout_run_results.differences(tx, run, before) if before else []
    return JSONResponse([shown(one) for one in changed])


@router.post(
    "/{run}/cancel",
    summary="Einen laufenden Lauf abbrechen",
    description="Es entstehen keine weiteren Auszahlungen; die schon angelegten bleiben.",
    operation_id="cancel_payout_run",
    response_model=PayoutRun,
)
async def cancel(caller: Writer, once: OnlyOnce, run: UUID, why: Annotated[Reason, Body()]) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await payout_runs.cancel(tx, run, by=caller.actor, reason=why.reason)))


def _row(row: RunRow) -> dict[str, Any]:
    return shown(row, sentence=in_words(row.why))
