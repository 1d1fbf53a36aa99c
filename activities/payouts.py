"""What is done for one payout in the ledger: hear what was decided, apply what documents say, see what comes next."""

from datetime import timedelta
from uuid import UUID

from temporalio import activity

from activities.credit_note_judgement import judge_credit_note, judge_missing
from activities.models import Advance, Look, Note
from activities.payout_look import what_next
from activities.signallers import signaller_of
from ledger import audit, decisions, documents, events, intents, payouts, settlement, tasks
from ledger.database import Connection, Ledger
from ledger.payouts import Payout
from ledger.refusals import Refused
from ledger.settlement import Verdict
from ledger.types import DecisionId, DecisionKind, EventId, PayoutState, Tenant
from lexoffice.documents import CreditNote
from lexoffice.payments import Payments

_DECISIONS = {kind.value for kind in DecisionKind}
_BEFORE_THE_DOCUMENT = (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)


class PayoutActivities:
    def __init__(self, ledger: Ledger, *, unclear_wait: timedelta, trust_engine_signals: bool = False) -> None:
        self._ledger = ledger
        self._unclear_wait = unclear_wait
        self._trust_engine_signals = trust_engine_signals

    @activity.defn
    async def advance(self, task: Advance) -> Look:
        """Check each note against its row, apply what the documents say, and see what the payout may do next."""
        believed = await self._believe_bare_signals(task)
        async with self._ledger.transaction(task.tenant, cause=f"payout:{task.number}") as db:
            payout = await payouts.lock(db, task.tenant, task.number)
            retry = False
            for note in task.notes:
                if note.signal in _DECISIONS:
                    heard = await _hear_decision(db, task.tenant, payout, note, believed)
                    retry = retry or (heard and note.signal == DecisionKind.RESOLVE)
            rechecked = any(note.signal == "recheck" for note in task.notes)
            payout = await payouts.lock(db, task.tenant, task.number)
            told = _events(task)
            if told or rechecked:
                payout = await _apply_document(db, task.tenant, payout, told)
            retry = retry or rechecked
            return await what_next(db, task.tenant, payout, unclear_wait=self._unclear_wait, retry=retry)

    @activity.defn
    async def settle_ended_payout(self, task: Advance) -> Look:
        """lexoffice says something about a payout whose workflow has ended: one conditional UPDATE, or a task."""
        async with self._ledger.transaction(task.tenant, cause=f"payout:{task.number}") as db:
            payout = await payouts.lock(db, task.tenant, task.number)
            payout = await _apply_document(db, task.tenant, payout, _events(task))
            return await what_next(db, task.tenant, payout, unclear_wait=self._unclear_wait)

    async def _believe_bare_signals(self, task: Advance) -> dict[str, str]:
        """PARTNERDESK_TRUST_ENGINE_SIGNALS: whom the history names as the sender of each bare decision."""
        bare = [note for note in task.notes if note.signal in _DECISIONS and _decision_id(note) is None]
        if not (self._trust_engine_signals and bare):
            return {}
        return {note.signal: await signaller_of(activity.client(), activity.info(), note.signal) for note in bare}


async def _hear_decision(db: Connection, tenant: Tenant, payout: Payout, note: Note, believed: dict[str, str]) -> bool:
    """Whether a decision stands behind the signal. One that does not is recorded, refused, and becomes a task."""
    wanted = _decision_id(note)
    decision = await decisions.find(db, tenant, wanted) if wanted else None
    if decision and decision.payout_id == payout.id and decision.kind.value == note.signal:
        await decisions.mark_delivered(db, tenant, decision.id)
        return True
    if wanted is None and note.signal in believed:
        return await _decide_for_signaller(db, tenant, payout, note, believed[note.signal])
    await audit.record(
        db,
        tenant,
        actor="engine",
        action="payout.signal_refused",
        subject="payout",
        subject_id=payout.number,
        detail={"signal": note.signal},
    )
    await tasks.ask(
        db,
        tenant,
        kind="signal_refused",
        subject="payout",
        subject_id=payout.number,
        reason="Ein Signal ohne gültige Entscheidung wurde zurückgewiesen.",
        detail={"signal": note.signal},
        links={"payout": f"/api/v1/payouts/{payout.number}"},
    )
    return False


async def _decide_for_signaller(db: Connection, tenant: Tenant, payout: Payout, note: Note, signaller: str) -> bool:
    """script/dev only: a bare signal of ops counts; the row says who sent it."""
    actor = f"engine:{signaller}"
    try:
        match DecisionKind(note.signal):
            case DecisionKind.APPROVE:
                seen = await payouts.content_hash(db, tenant, payout.id)
                decision = await decisions.approve(db, tenant, payout.number, actor=actor, seen_hash=seen)
            case DecisionKind.REJECT:
                decision = await decisions.reject(db, tenant, payout.number, actor=actor, reason="Signal")
            case DecisionKind.CANCEL:
                decision = await decisions.cancel(db, tenant, payout.number, actor=actor, reason="Signal")
            case DecisionKind.RESOLVE:
                return False
    except Refused as refused:
        await tasks.ask(
            db,
            tenant,
            kind="signal_refused",
            subject="payout",
            subject_id=payout.number,
            reason=refused.sentence,
            detail={"signal": note.signal},
        )
        return False
    await decisions.mark_delivered(db, tenant, decision.id)
    return True


async def _apply_document(db: Connection, tenant: Tenant, payout: Payout, told: list[EventId]) -> Payout:
    """Judge the newest fetched state of the payout's credit note, and end the events that announced it."""
    if payout.credit_note_id is None or payout.state in _BEFORE_THE_DOCUMENT:
        return payout
    resource_id = UUID(payout.credit_note_id)
    known = await documents.find(db, tenant, resource_id)
    if known is None or known.last_snapshot_id is None:
        return payout
    announced = await events.load(db, tenant, told)
    verdict: Verdict
    if known.status == "deleted":
        verdict = judge_missing(payout, known)
    else:
        intent = await intents.of_document(db, tenant, resource_id)
        assert intent is not None, "a payout's credit note answers an intent"
        snapshot = await documents.snapshot(db, tenant, known.last_snapshot_id)
        payments = None
        if known.last_payments_id is not None:
            payments = Payments.from_body((await documents.snapshot(db, tenant, known.last_payments_id)).body.encode())
        verdict = judge_credit_note(
            payout,
            intent,
            known,
            CreditNote.from_body(snapshot.body.encode()),
            payments,
            payment_reference=next((e.payment_reference for e in announced if e.payment_reference), None),
        )
    settled = await settlement.settle(db, tenant, payout, verdict)
    await events.finish(
        db,
        tenant,
        [event.id for event in announced],
        settled.state,
        reason=settled.reason,
        changes=settled.changes or None,
        snapshot_id=known.last_snapshot_id,
    )
    return await payouts.lock(db, tenant, payout.number)


def _events(task: Advance) -> list[EventId]:
    """The events that the notes name; what is no event id is nobody's and names nothing."""
    named = (note.value.get("event") for note in task.notes if isinstance(note.value, dict))
    return [EventId(event) for event in named if type(event) is int]


def _decision_id(note: Note) -> DecisionId | None:
    try:
        return DecisionId(UUID(note.value["decision"]))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
