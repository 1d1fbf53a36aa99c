"""Payouts: request one, see it whole, and decide about it.

A decision is a row in the ledger and is answered at once; the workflow is told afterwards and follows (engine.md).
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.book_pages import page_of_document
from api.http.parts import Doors, Parts
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, PayoutNo, page
from api.v1.callers import Approver, Reader, Writer, WriterOrApprover
from api.v1.doors import door_router
from api.v1.holds import PayoutShown, payout_shown
from api.v1.once import Acting, OnlyOnce
from api.v1.reversals import ReversalShown, reversal_shown
from ledger.bank import further_attempts
from ledger.bank.further_attempts import FurtherAttempt
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED
from ledger.payouts import (
    approval_rule,
    by_hand,
    decisions,
    objections,
    open_debts,
    own_reversal_rows,
    paid_by_person,
    payout_content,
    payout_hands,
    payout_lines,
    payout_list,
    payout_requests,
    payouts,
    set_offs,
    tax_questions,
)
from ledger.payouts.approval_rule import FourEyes
from ledger.payouts.decisions import Decision, Shown
from ledger.payouts.objections import Objection
from ledger.payouts.open_debts import OpenDebt
from ledger.payouts.paid_by_person import Payment
from ledger.payouts.payout_hands import Hand
from ledger.payouts.payout_lines import PayoutLine
from ledger.payouts.payout_list import PayoutFilter
from ledger.payouts.payouts import Payout
from ledger.payouts.set_offs import SetOffRow
from ledger.plain_text import PrintedLine
from ledger.programme import partners
from ledger.refusals import Blocked
from ledger.types import BusinessDay, PayoutState, Submitted, TaxCase
from workflows.messages import payout_workflow_id

router = door_router("/api/v1/payouts", "Auszahlungen")


class PayoutInFull(PayoutShown):
    """With lines, decisions, what four eyes say, whose hands are in it, the partner's objection, the id of its workflow
    and its credit note's page in lexoffice. While it awaits approval: what its partner owes beside it."""

    lines: list[PayoutLine]
    decisions: list[Decision]
    four_eyes: FourEyes
    open_debts: list[OpenDebt] = Field(
        description="Solange sie auf Freigabe wartet: was der Partner je Steuerfall noch schuldet (unter null). Es "
        "wird nicht mit einem anderen Steuerfall verrechnet"
    )
    hands: list[Hand]
    has_account: bool = Field(
        description="Ob für den Partner eine Bankverbindung gilt; ohne sie wird von Hand überwiesen (`by_hand`)"
    )
    objection: Objection | None
    reversals: list[ReversalShown] = Field(description="Was über einen Storno ihres Belegs verlangt wurde")
    set_offs: list[SetOffRow] = Field(description="Forderungen, die mit ihr verrechnet werden")
    further_attempts: list[FurtherAttempt] = Field(description="Erneute Überweisungen nach einem Rückläufer")
    workflow_id: str
    credit_note_url: str | None


class PayoutListed(PayoutShown):
    partner_name: str
    run_period: str | None = Field(description="Zeitraum des Laufs, der sie angelegt hat", examples=["2026-10"])


class PayoutRequest(Submitted):
    partner: str = Field(max_length=32, description="Code des Partners", examples=["ANNA"])
    tax_case: TaxCase | None = Field(
        default=None, description="Wo die Provisionen mehrere Steuerfälle haben; sonst der älteste, der auszuzahlen ist"
    )


class Approval(Submitted):
    content_hash: str = Field(
        max_length=64, description="`content_hash` der Auszahlung, wie sie gezeigt wurde", examples=["9f2b…"]
    )
    reason: str | None = Field(default=None, max_length=500)
    last_hand: UUID | None = Field(
        default=None,
        description="Die `id` der letzten in `hands`, wie sie gezeigt wurden: Diese Beteiligungen enden mit der "
        "Freigabe. Ohne Angabe enden nur die, die älter sind als die Auszahlung.",
    )
    by_hand: bool = Field(
        default=False,
        description="Nötig, wo `has_account` falsch ist: Der Betrag wird von Hand überwiesen, denn keine Datei für die "
        "Bank nimmt diese Auszahlung auf",
    )


class Refusal(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Partner hat gekündigt."])
    content_hash: str | None = Field(default=None, max_length=64)


class PaymentSeen(Submitted):
    paid_on: BusinessDay = Field(description="Tag der Belastung, in deutscher Zeit", examples=["2026-11-30"])
    reference: PrintedLine = Field(
        min_length=1, max_length=140, description="Woran die Zahlung auf dem Kontoauszug zu erkennen ist"
    )
    reason: str | None = Field(default=None, max_length=500)


class PayoutQuery(ListQuery):
    state: Annotated[PayoutState | None, Query()] = None
    partner: Annotated[str | None, Query(max_length=32, description="Code des Partners")] = None
    payout_run: Annotated[UUID | None, Query(description="Id des Auszahlungslaufs, der sie angelegt hat")] = None


@router.get("", summary="Auszahlungen auflisten", operation_id="list_payouts", response_model=Page[PayoutListed])
async def list_payouts(
    doors: Doors,
    caller: Reader,
    asked: Annotated[PayoutQuery, Query()],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found, following = await payout_list.list_payouts(
            tx,
            PayoutFilter(
                state=asked.state,
                partner_code=asked.partner,
                payout_run=asked.payout_run,
                updated_since=asked.updated_since,
            ),
            order=RECORDED,
            after=after(asked.cursor),
            limit=asked.limit,
        )
        found = await payout_content.with_present_hashes(tx, found)
    return JSONResponse(page((found, following), payout_shown))


@router.post(
    "",
    summary="Eine Auszahlung anfordern",
    description="Sammelt die freigegebenen Provisionen eines Partners. 409 mit `nothing_due`, wenn nichts offen ist, "
    "oder mit dem Grund, wenn es für den Partner kein Dokument gibt.",
    operation_id="request_payout",
    status_code=201,
    response_model=PayoutInFull,
)
async def request_payout(doors: Doors, caller: Writer, once: OnlyOnce, wanted: PayoutRequest) -> JSONResponse:
    try:
        async with once.acting() as (tx, after):
            payout = await payout_requests.request_payout(
                tx, partner_code=wanted.partner, actor=caller.actor, tax_case=wanted.tax_case
            )
            after(doors.announcer.payout, tx.tenant, payout)
            return after.answer(await _in_full(tx, doors, payout), status=201)
    except Blocked:
        # The reason stays as a task for whoever mends the partner's data; the refusal undid everything else.
        async with doors.ledger.transaction(caller.tenant) as tx:
            partner = await partners.find_by_code(tx, wanted.partner)
            if partner is not None:
                await tax_questions.ask_or_close(tx, partner.id)
        raise


@router.get("/{number}", summary="Eine Auszahlung ansehen", operation_id="get_payout", response_model=PayoutInFull)
async def get_payout(number: PayoutNo, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _in_full(tx, doors, await payouts.get(tx, number)))


@router.post(
    "/{number}/approve",
    summary="Eine Auszahlung freigeben",
    description="Nennt den Inhalt, der gesehen wurde; 409 mit `content_has_changed`, wenn er nicht mehr stimmt, mit "
    "`second_person_needed`, wenn über der Grenze jemand anderes freigeben muss, mit `account_pending`, solange "
    "eine neue Bankverbindung nicht gilt, und mit `transfer_by_hand_not_confirmed`, wo keine gilt und `by_hand` fehlt.",
    operation_id="approve_payout",
    status_code=202,
    response_model=PayoutInFull,
)
async def approve(number: PayoutNo, doors: Doors, caller: Approver, once: OnlyOnce, approval: Approval) -> JSONResponse:
    async with once.acting() as (tx, after):
        decision = await decisions.approve(
            tx,
            number,
            actor=caller.actor,
            seen_hash=approval.content_hash,
            reason=approval.reason,
            shown=Shown(last_hand=approval.last_hand, by_hand=approval.by_hand),
        )
        return after.answer(await _decided(tx, doors, after, decision), status=202)


@router.post(
    "/{number}/reject",
    summary="Eine Auszahlung ablehnen",
    description="Ihre Provisionen sind danach wieder frei.",
    operation_id="reject_payout",
    status_code=202,
    response_model=PayoutInFull,
)
async def reject(
    number: PayoutNo, doors: Doors, caller: Approver, once: OnlyOnce, refusal: Annotated[Refusal, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        decision = await decisions.reject(
            tx, number, actor=caller.actor, reason=refusal.reason, seen_hash=refusal.content_hash
        )
        return after.answer(await _decided(tx, doors, after, decision), status=202)


@router.post(
    "/{number}/cancel",
    summary="Eine Auszahlung stornieren",
    description="Solange es keine Gutschrift geben kann; danach ist die Gutschrift in lexoffice zu stornieren. Ein "
    "eigener Beleg, der nirgends gebucht und nicht zugestellt ist, wird als „nicht ausgegeben“ geschlossen; ist er "
    "gebucht, wartet das Stornieren, bis der Eingangsbeleg in lexoffice gelöscht ist (`cancel_wanted_at`).",
    operation_id="cancel_payout",
    status_code=202,
    response_model=PayoutInFull,
)
async def cancel(
    number: PayoutNo, doors: Doors, caller: WriterOrApprover, once: OnlyOnce, refusal: Annotated[Refusal, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        decision = await decisions.cancel(
            tx, number, actor=caller.actor, reason=refusal.reason, seen_hash=refusal.content_hash
        )
        return after.answer(await _decided(tx, doors, after, decision), status=202)


@router.post(
    "/{number}/paid",
    summary="Eine Auszahlung als bezahlt festhalten",
    description="Nur ohne Buchhaltung (`books` = `none`) und nach der Zustellung des Belegs, oder nach einer erneuten "
    "Überweisung; sonst sagt lexoffice, dass bezahlt ist. Danach bleiben ihre Provisionen bezahlt.",
    operation_id="record_payment",
    status_code=202,
    response_model=PayoutInFull,
)
async def record_payment(
    number: PayoutNo, doors: Doors, caller: Approver, once: OnlyOnce, seen: Annotated[PaymentSeen, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        payment = Payment(paid_on=seen.paid_on, reference=seen.reference, reason=seen.reason)
        decision = await paid_by_person.record_payment(tx, number, payment, actor=caller.actor)
        return after.answer(await _decided(tx, doors, after, decision), status=202)


@router.post(
    "/{number}/hands/{hand}/confirm",
    summary="Eine Änderung als zweite Person bestätigen",
    description="Wer an einer Auszahlung beteiligt war (`hands`), gibt sie über der Grenze nicht frei. Bestätigt eine "
    "zweite Person genau diese Änderung, endet die Beteiligung.",
    operation_id="confirm_hand",
    response_model=PayoutInFull,
)
async def confirm_hand(number: PayoutNo, hand: UUID, doors: Doors, caller: Approver, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        await payout_hands.confirm(tx, number, hand, by=caller.actor)
        return after.answer(await _in_full(tx, doors, await payouts.get(tx, number)))


async def _decided(tx: TenantTransaction, doors: Parts, after: Acting, decision: Decision) -> dict[str, Any]:
    payout = await payouts.get(tx, decision.number)
    after(doors.announcer.decision, tx.tenant, payout, decision)
    return await _in_full(tx, doors, payout)


async def _in_full(tx: TenantTransaction, doors: Parts, payout: Payout) -> dict[str, Any]:
    url = None
    if payout.credit_note_id is not None:
        url = page_of_document(doors.settings, "credit-note", UUID(payout.credit_note_id))
    objection = await objections.of_payout(tx, payout.number)
    [now] = await payout_content.with_present_hashes(tx, [payout])
    return payout_shown(
        now,
        lines=[shown(line) for line in await payout_lines.of_payout(tx, payout.id)],
        decisions=[shown(decision) for decision in await decisions.of_payout(tx, payout.id)],
        four_eyes=shown(await approval_rule.of_payout(tx, payout)),
        open_debts=[shown(debt) for debt in await _open_debts(tx, payout)],
        hands=[shown(hand) for hand in await payout_hands.of_payout(tx, payout)],
        has_account=await by_hand.has_account(tx, payout.partner_id),
        objection=None if objection is None else shown(objection),
        reversals=[reversal_shown(one) for one in await own_reversal_rows.of_payout(tx, payout.id)],
        set_offs=[shown(one) for one in await set_offs.of_payout(tx, payout.id)],
        further_attempts=[shown(one) for one in await further_attempts.list_of(tx, payout.id)],
        workflow_id=payout_workflow_id(tx.tenant, payout.number),
        credit_note_url=url,
    )


async def _open_debts(tx: TenantTransaction, payout: Payout) -> tuple[OpenDebt, ...]:
    if payout.state is not PayoutState.AWAITING_APPROVAL:
        return ()
    return (await open_debts.of_partners(tx, [payout.partner_id])).get(payout.partner_id, ())
