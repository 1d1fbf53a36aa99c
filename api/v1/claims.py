"""Claims: what partners owe beside their commissions; paid back, written off. And correcting documents."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, PartnerCode, page
from api.v1.callers import Approver, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from api.v1.reversals import ReversalShown, reversal_shown
from ledger.database import TenantTransaction
from ledger.payouts import claim_write_offs, claims, corrections, set_offs
from ledger.payouts.claim_write_offs import WriteOff
from ledger.payouts.claims import Claim, ClaimCause, ClaimFilter, ClaimPart, ClaimState, PaidBack
from ledger.payouts.set_offs import SetOffRow
from ledger.programme import partners
from ledger.refusals import NotFound
from ledger.types import Submitted, TaxCase

router = door_router("/api/v1", "Forderungen")


class ClaimInFull(Claim):
    """With what has come of it, and what was asked for about it."""

    parts: list[ClaimPart]
    set_offs: list[SetOffRow]
    write_offs: list[WriteOff]


class ClaimQuery(ListQuery):
    partner: Annotated[str | None, Query(max_length=32, description="Code des Partners")] = None
    state: Annotated[ClaimState | None, Query()] = None
    cause: Annotated[ClaimCause | None, Query()] = None


class ClaimSettled(Submitted):
    day: date = Field(description="An dem Tag kam das Geld", examples=["2026-11-30"])
    reference: str = Field(min_length=1, max_length=140, examples=["Kontoauszug 12"])
    amount_cents: int | None = Field(default=None, ge=1, le=10**13, description="null: alles, was offen ist")


class ClaimGivenUp(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Partner ist insolvent."])


class CorrectionWanted(Submitted):
    tax_case: TaxCase
    reason: str = Field(min_length=1, max_length=500, examples=["Der Partner ist ausgeschieden."])


@router.get(
    "/claims",
    summary="Forderungen gegen Partner auflisten",
    operation_id="list_claims",
    response_model=Page[Claim],
)
async def list_claims(doors: Doors, caller: Reader, asked: Annotated[ClaimQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner = None
        if asked.partner is not None:
            found = await partners.find_by_code(tx, asked.partner)
            if found is None:
                raise NotFound("partner_not_found")
            partner = found.id
        listed = await claims.list_claims(
            tx,
            ClaimFilter(partner_id=partner, state=asked.state, cause=asked.cause, updated_since=asked.updated_since),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(listed))


@router.get("/claims/{claim}", summary="Eine Forderung ansehen", operation_id="get_claim", response_model=ClaimInFull)
async def get_claim(claim: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _in_full(tx, claim))


@router.post(
    "/claims/{claim}/settle",
    summary="Sagen, dass eine Forderung bezahlt ist",
    description="Von Hand, mit Tag und Verwendungszweck: für das, was kein Kontoauszug zeigt. Ein Teilbetrag ist "
    "möglich. 409 mit `claim_is_over`.",
    operation_id="settle_claim",
    response_model=ClaimInFull,
)
async def settle(claim: UUID, caller: Approver, once: OnlyOnce, said: ClaimSettled) -> JSONResponse:
    async with once.acting() as (tx, after):
        paid = PaidBack(day=said.day, reference=said.reference, amount_cents=said.amount_cents)
        await claims.settle_by_hand(tx, claim, paid, by=caller.actor)
        return after.answer(await _in_full(tx, claim))


@router.post(
    "/claims/{claim}/write-off",
    summary="Eine Forderung ausbuchen",
    description="Was noch offen ist. Bis zur Vier-Augen-Grenze ist damit entschieden, darüber bestätigt eine zweite "
    "Person. 409 mit `claim_is_over` oder `write_off_asked_before`.",
    operation_id="write_claim_off",
    response_model=ClaimInFull,
)
async def write_off(claim: UUID, caller: Approver, once: OnlyOnce, why: ClaimGivenUp) -> JSONResponse:
    async with once.acting() as (tx, after):
        await claim_write_offs.ask(tx, claim, reason=why.reason, by=caller.actor)
        return after.answer(await _in_full(tx, claim))


@router.post(
    "/claims/{claim}/write-off/confirm",
    summary="Das Ausbuchen als zweite Person bestätigen",
    operation_id="confirm_write_off",
    response_model=ClaimInFull,
)
async def confirm_write_off(claim: UUID, caller: Approver, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        await claim_write_offs.decide(tx, claim, confirmed=True, by=caller.actor, reason=None)
        return after.answer(await _in_full(tx, claim))


@router.post(
    "/claims/{claim}/write-off/refuse",
    summary="Das Ausbuchen ablehnen",
    operation_id="refuse_write_off",
    response_model=ClaimInFull,
)
async def refuse_write_off(claim: UUID, caller: Approver, once: OnlyOnce, why: ClaimGivenUp) -> JSONResponse:
    async with once.acting() as (tx, after):
        await claim_write_offs.decide(tx, claim, confirmed=False, by=caller.actor, reason=why.reason)
        return after.answer(await _in_full(tx, claim))


@router.post(
    "/partners/{code}/corrections",
    summary="Einen korrigierenden Beleg über einen negativen Saldo verlangen",
    description="Wo in einem Steuerfall nichts mehr verdient wird. Bis zur Vier-Augen-Grenze ist damit entschieden, "
    "darüber bestätigt eine zweite Person (`/reversals/{id}/confirm`). Der Beleg wird ausgestellt, gebucht und "
    "zugestellt; danach ist sein Betrag eine Forderung. Seine Zeilen verrechnet von nun an keine Auszahlung. 409 mit "
    "`balance_not_negative`, `balance_is_netted`, `balance_may_be_earned` oder `correction_needs_own_document`.",
    operation_id="ask_for_correction",
    status_code=202,
    response_model=ReversalShown,
)
async def ask_for_correction(
    code: PartnerCode, doors: Doors, caller: Approver, once: OnlyOnce, wanted: CorrectionWanted
) -> JSONResponse:
    async with once.acting() as (tx, after):
        asked = await corrections.ask(tx, code, wanted.tax_case, reason=wanted.reason, by=caller.actor)
        after(doors.announcer.own_document, tx.tenant, asked.id)
        return after.answer(reversal_shown(asked), status=202)


async def _in_full(tx: TenantTransaction, id: UUID) -> dict[str, Any]:
    return shown(await claims.get(tx, id)) | {
        "parts": [shown(one) for one in await claims.parts_of(tx, id)],
        "set_offs": [shown(one) for one in await set_offs.of_claim(tx, id)],
        "write_offs": [shown(one) for one in await claim_write_offs.list_of(tx, id)],
    }
