"""Admin → Auszahlung: one payout, what it waits for, its lines, its way, and what can be done about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.actions.after import After
from api.http.book_pages import page_of_document
from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.rendering import Instead, PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.payouts import payout_documents
from api.pages.payouts.payout_hints import HINTS
from api.pages.payouts.payouts import PAGE
from api.pages.words import (
    audit_words,
    bank_words,
    booking_words,
    document_words,
    payout_words,
    reversal_words,
    vat_words,
)
from api.pages.words.sale_words import KINDS
from api.pages.words.task_words import of_kind
from ledger import tasks
from ledger.access import same_person
from ledger.access.sessions import Person
from ledger.bank import bank_candidates, further_attempts, partner_accounts, payout_evidence
from ledger.bank.bank_candidates import Candidate
from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.documents.own import delivery, issuing
from ledger.payouts import (
    approval_queue,
    approval_rule,
    decisions,
    objections,
    own_preview,
    own_reversal_rows,
    own_reversals,
    paid_by_person,
    payout_hands,
    payout_holds,
    payout_list,
    payout_notes,
    payout_timeline,
    payout_waiting,
    payouts,
    set_offs,
)
from ledger.payouts.approval_queue import Waiting
from ledger.payouts.decisions import Decision, Shown
from ledger.payouts.paid_by_person import Payment
from ledger.payouts.payout_waiting import For, Waits
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable, NotFound, Refused, require_reason
from ledger.roles import Permission
from ledger.tax import vat_proofs
from ledger.types import DocumentStrategy, PayoutState, TaxCase, business_day
from lexoffice.links import Linked
from workflows.messages import payout_workflow_id

router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Worker = Annotated[Visit, may(Permission.WRITE, Permission.APPROVE, page=PAGE)]
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]
Number = Annotated[str, Path(max_length=40)]

_LINES = 100
_MOST_QUESTIONS = 20
_EARLY = (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED)


@router.get("/{number}")
async def payout_page(number: Number, visit: Reader) -> Response:
    return await _shown(visit, number, message=HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post("/{number}/freigeben")
async def approve(number: Number, visit: Approver) -> Response:
    """Above the limit with a fresh second factor; who may not, hears it from the ledger (four eyes)."""
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        rule = await approval_rule.of_payout(tx, await payouts.get(tx, number))
    if rule.above_limit:
        await require_fresh(visit, page=f"{PAGE}/{number}")
    async with acting(visit, number, status=409) as (tx, after):
        by_hand = visit.field("von-hand") == "1"
        await tell(after, visit, tx, await approved(tx, visit, number, visit.field("inhalt"), by_hand=by_hand))
    return back(number, "freigegeben")


@router.post("/{number}/ablehnen")
async def reject(number: Number, visit: Approver) -> Response:
    async with acting(visit, number, status=409) as (tx, after):
        await tell(after, visit, tx, await rejected(tx, visit, number, visit.field("inhalt")))
    return back(number, "abgelehnt")


@router.post("/{number}/stornieren")
async def cancel(number: Number, visit: Worker) -> Response:
    async with acting(visit, number, status=409) as (tx, after):
        decision = await decisions.cancel(
            tx, number, actor=visit.person.actor, reason=required_reason(visit), seen_hash=visit.field("inhalt") or None
        )
        await tell(after, visit, tx, decision)
        waits = (await payouts.get(tx, number)).cancel_wanted_at is not None
    return back(number, "wird_storniert" if waits else "storniert")


@router.post("/{number}/zurueckstellen")
async def put_back(number: Number, visit: Worker) -> Response:
    async with acting(visit, number) as (tx, _):
        await payout_holds.put_back(tx, number, actor=visit.person.actor, reason=visit.field("grund"))
    return back(number, "zurueckgestellt")


@router.post("/{number}/aufnehmen")
async def take_up(number: Number, visit: Worker) -> Response:
    async with acting(visit, number) as (tx, after):
        await payout_holds.take_up(tx, number, actor=visit.person.actor, reason=visit.field("grund"))
        after(visit.doors.announcer.recheck, tx.tenant, await payouts.get(tx, number))
    return back(number, "aufgenommen")


@router.post("/{number}/beteiligungen/{hand}/bestaetigen")
async def confirm_hand(number: Number, hand: UUID, visit: Approver) -> Response:
    """A second person confirms one change: as dangerous as an approval, so with a fresh second factor."""
    await require_fresh(visit, page=f"{PAGE}/{number}")
    async with acting(visit, number, status=409) as (tx, _):
        await payout_hands.confirm(tx, number, hand, by=visit.person.actor)
    return back(number, "bestaetigt")


@router.post("/{number}/bezahlt")
async def record_payment(number: Number, visit: Approver) -> Response:
    async with acting(visit, number) as (tx, after):
        payment = Payment(
            paid_on=_day(visit.field("bezahlt-am")),
            reference=visit.field("referenz"),
            reason=visit.field("grund")[:500] or None,
        )
        decision = await paid_by_person.record_payment(tx, number, payment, actor=visit.person.actor)
        await tell(after, visit, tx, decision)
    return back(number, "bezahlt")


@router.post("/{number}/notiz")
async def note(number: Number, visit: Worker) -> Response:
    async with acting(visit, number) as (tx, _):
        await payout_notes.write(tx, number, actor=visit.person.actor, note=visit.field("notiz"))
    return back(number, "notiz")


@router.post("/{number}/beleg-senden")
async def send_document_again(number: Number, visit: Worker) -> Response:
    async with acting(visit, number) as (tx, _):
        await payout_notes.send_document_again(tx, number, actor=visit.person.actor, reason=visit.field("grund"))
    return back(number, "gesendet")


@router.post("/{number}/belege/{document}/{act}")
async def tell_of_delivery(
    number: Number, document: UUID, act: Literal["unzustellbar", "senden", "uebergeben"], visit: Worker
) -> Response:
    """What a person knows of a document's way to the partner."""
    actor, said_why = visit.person.actor, visit.field("grund")
    async with acting(visit, number, status=409) as (tx, _):
        row = await issuing.get(tx, document)
        if act == "unzustellbar":
            await delivery.note_bounce(tx, number=row.number, by=actor, why=said_why)
        elif act == "senden":
            await delivery.send_again(tx, row.number, by=actor, reason=said_why)
        else:
            await delivery.mark_delivered(tx, row, "hand", by=actor, note=said_why)
    return back(number, "gesendet" if act == "senden" else act)


async def approved(
    tx: TenantTransaction, visit: Visit, number: str, seen_hash: str, *, by_hand: bool = False
) -> Decision:
    return await decisions.approve(
        tx,
        number,
        actor=visit.person.actor,
        seen_hash=seen_hash,
        reason=visit.field("grund")[:500] or None,
        shown=Shown(last_hand=_hand(visit.field("beteiligt")), by_hand=by_hand),
    )


async def rejected(tx: TenantTransaction, visit: Visit, number: str, seen_hash: str) -> Decision:
    return await decisions.reject(
        tx, number, actor=visit.person.actor, reason=required_reason(visit), seen_hash=seen_hash
    )


def _day(text: str) -> date:
    try:
        return business_day(text)
    except ValueError:
        raise NotAcceptable("paid_on_unreadable") from None


def _hand(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def tell(after: After, visit: Visit, tx: TenantTransaction, decision: Decision) -> None:
    """The row first, then the announcement, as behind the JSON API."""
    after(visit.doors.announcer.decision, tx.tenant, await payouts.get(tx, decision.number), decision)


def required_reason(visit: Visit) -> str:
    reason = visit.field("grund")
    require_reason(reason)
    return reason


@asynccontextmanager
async def acting(visit: Visit, number: str, *, status: int = 422) -> AsyncIterator[tuple[TenantTransaction, After]]:
    """A refusal shows the payout again, with its reason. Raises Instead."""
    after = After(visit.doors, visit.tenant)
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            yield tx, after
    except NotFound:
        raise
    except Refused as refused:
        raise Instead(await _shown(visit, number, wrong=said(refused), status=status)) from None
    await after.follow()


def back(number: str, hint: str) -> Response:
    return RedirectResponse(f"{PAGE}/{number}?hinweis={hint}", status_code=303)


def _needs_proof(payout: Payout) -> bool:
    """As decisions.approve asks for it."""
    return payout.strategy is DocumentStrategy.OWN_DOCUMENT and payout.tax_case is TaxCase.EU_BUSINESS


async def _shown(
    visit: Visit, number: str, *, message: str | None = None, wrong: str | None = None, status: int = 422
) -> Response:
    tenant, person = visit.tenant, visit.person
    after = visit.request.query_params.get("ab", "")
    async with visit.doors.ledger.transaction(tenant) as tx:
        payout = await payouts.get(tx, number)
        waits = await payout_waiting.of_payout(tx, payout)
        lines = await payout_list.lines(
            tx,
            payout.id,
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0,
            limit=_LINES + 1,
        )
        steps = await payout_timeline.of_payout(tx, payout)
        [seen] = await approval_queue.of_numbers(tx, [number])
        shown_hands = await payout_hands.of_payout(tx, payout) if payout.state in _EARLY else []
        eyes = await same_person.eyes(tx)
        account = await partner_accounts.bank_details_of(tx, payout.partner_id)
        questions = await tasks.list_open_about(tx, subject="payout", subject_id=payout.number, at_most=_MOST_QUESTIONS)
        objection = await objections.of_payout(tx, payout.number)
        vat_proof = await vat_proofs.of_partner(tx, payout.partner_id) if _needs_proof(payout) else None
        reversals = await own_reversal_rows.of_payout(tx, payout.id)
        attempts = await further_attempts.list_of(tx, payout.id)
        evidence = await payout_evidence.of_payout(tx, payout.id)
        name_of = await names(tx)
        transfer = await _not_in_a_file(tx, visit, payout)
        own = await payout_documents.of_payout(tx, payout)
        for one in own:
            questions += await tasks.list_open_about(
                tx, subject=delivery.SUBJECT, subject_id=one.row.number, at_most=_MOST_QUESTIONS
            )
        preview = await own_preview.find(tx, payout)
        set_off = await set_offs.of_payout(tx, payout.id)
        claimed = await set_offs.may_be_set_off(tx, payout)
    return visit.page(
        "payout.html",
        status=status if wrong else 200,
        message=message,
        wrong=wrong,
        typed=visit.form,
        payout=payout,
        address=f"{PAGE}/{number}",
        seen=seen,
        unusual=payout_words.unusual(seen) if payout.state in _EARLY else [],
        tax_case=payout_words.TAX_CASES[payout.tax_case],
        sentence=payout_words.waiting_sentence(payout, waits, name_of),
        sentence_tone=payout_words.waiting_tone(payout, waits),
        who=payout_words.describe_actors(waits, name_of, me=person.actor),
        why=payout_words.why_ended(waits),
        lines=lines[:_LINES],
        next_line=lines[_LINES - 1].position if len(lines) > _LINES else None,
        is_later=bool(after),
        steps=steps,
        words=payout_words,
        name_of=name_of,
        hands=shown_hands,
        last_hand=shown_hands[-1].id if shown_hands else "",
        said_of_hand=lambda hand: audit_words.action(hand.act),
        may_confirm=lambda hand: (
            hand.can_be_confirmed
            and person.may(Permission.APPROVE)
            and payout.state is PayoutState.AWAITING_APPROVAL
            and not eyes.same(person.actor, [hand.actor])
        ),
        questions=questions,
        objection=objection,
        reversals=reversals,
        reversal_words=reversal_words,
        attempts=attempts,
        evidence=evidence,
        proved=booking_words.PROVED,
        transfer=transfer,
        own=own,
        preview=preview,
        set_off=set_off,
        claimed=claimed,
        document_words=document_words,
        sees_files=person.may(Permission.SEE_BANK),
        vat_proof=vat_proof,
        vat_words=vat_words,
        way_out=transfer and transfer.why_not and bank_words.WAYS_OUT.get(transfer.why_not),
        can=_can(person, payout, waits, seen),
        of_kind=of_kind,
        kinds=KINDS,
        account=account if person.may(Permission.SEE_BANK) else None,
        credit_note_url=_document_url(visit, payout, payout.credit_note_id),
        document_url=lambda resource: _document_url(visit, payout, resource),
        temporal_url=_temporal_url(visit, number),
    )


def _can(person: Person, payout: Payout, waits: Waits, seen: Waiting) -> dict[str, bool]:
    """Which acts the page offers."""
    is_early = payout.state in _EARLY
    is_own = payout.strategy is DocumentStrategy.OWN_DOCUMENT
    is_put_back = waits.waits_for is For.TAKEN_UP
    may_work = person.may(Permission.WRITE) or person.may(Permission.APPROVE)
    return {
        "approve": person.may(Permission.APPROVE) and payout.state is PayoutState.AWAITING_APPROVAL,
        "approve_now": not payout.holds and seen.may_be_approved_by(person.actor),
        "cancel": may_work
        and (is_early or (is_own and payout.state is PayoutState.OUTCOME_UNKNOWN))
        and payout.cancel_wanted_at is None,
        "put_back": may_work and is_early and not is_put_back,
        "take_up": may_work and is_put_back,
        "pay": person.may(Permission.APPROVE)
        and waits.waits_for is For.PAYMENT
        and (payout.books == NO_BOOKS or payout.state is PayoutState.RETURNED),
        "note": may_work,
        "send": may_work and payout.credit_note_number is not None and payout.own_document_number is None,
        "deliver": may_work,
        "reverse": person.may(Permission.APPROVE)
        and payout.own_document_number is not None
        and payout.state in own_reversals.REVERSIBLE,
        "withdraw": person.may(Permission.APPROVE),
    }


async def _not_in_a_file(tx: TenantTransaction, visit: Visit, payout: Payout) -> Candidate | None:
    """Why no bank file may pay what waits for its transfer; None where one may, or has."""
    if payout.state not in (PayoutState.CREDIT_NOTE_OPEN, PayoutState.RETURNED):
        return None
    [judged] = await bank_candidates.judged(tx, visit.doors.vault, payouts=[payout.id])
    return judged if judged.barred and judged.why_not not in ("in_another_run", "not_waiting") else None


def _document_url(visit: Visit, payout: Payout, resource: UUID | str | None) -> str | None:
    if resource is None:
        return None
    kind: Linked = "voucher" if payout.strategy is DocumentStrategy.OWN_DOCUMENT else "credit-note"
    return page_of_document(visit.doors.settings, kind, UUID(str(resource)))


def _temporal_url(visit: Visit, number: str) -> str | None:
    """The engine's page shows every tenant: for operators only."""
    ui = visit.doors.settings.temporal_ui_url
    if ui is None or not visit.person.platform_admin:
        return None
    workflow = quote(payout_workflow_id(visit.tenant, number), safe="")
    return f"{ui.rstrip('/')}/namespaces/{visit.doors.engine.namespace}/workflows/{workflow}"
