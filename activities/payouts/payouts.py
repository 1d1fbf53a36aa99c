"""What is done for one payout in the ledger: hear what was decided, apply what documents say, see what comes next."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from temporalio import activity

from activities.judging.credit_note_settling import apply_credit_note
from activities.models import AdvanceInput, PayoutView, ReceivedSignal
from activities.payouts.next_step import plan_next_step
from activities.payouts.payout_blocks import view_payout
from activities.payouts.signallers import signaller_of
from ledger import tasks
from ledger.audit import audit
from ledger.booking import settlement_by_bank
from ledger.database import Ledger, TenantTransaction
from ledger.payouts import approval_rule, decisions, own_stages, payout_content, payout_hands, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import Refused, translating_refusals
from ledger.types import DecisionId, DecisionKind, EventId, PayoutState

_DECISIONS = {kind.value for kind in DecisionKind}
_LARGEST_ID = 2**63 - 1

Senders = Mapping[str, str]
"""Signal → whom the history names as its sender."""


class _SenderWanted(Exception):
    """No decision stands behind this signal: the history must be asked who sent it, outside of any transaction."""

    def __init__(self, received: ReceivedSignal) -> None:
        super().__init__(received.signal)
        self.received = received


class PayoutActivities:
    def __init__(self, ledger: Ledger, *, unclear_wait: timedelta, trust_engine_signals: bool = False) -> None:
        self._ledger = ledger
        self._unclear_wait = unclear_wait
        self._trust_engine_signals = trust_engine_signals

    @activity.defn
    async def advance(self, task: AdvanceInput) -> PayoutView:
        """Check each signal against its row, apply what the documents say, and see what the payout may do next."""
        senders: dict[str, str] = {}
        while True:
            try:
                return await self._advance(task, senders)
            except _SenderWanted as wanted:
                signal = wanted.received.signal
                senders[signal] = await signaller_of(activity.client(), activity.info(), signal, wanted.received.value)

    async def _advance(self, task: AdvanceInput, senders: Senders) -> PayoutView:
        async with self._ledger.transaction(task.tenant, cause=f"payout:{task.number}") as tx:
            if self._trust_engine_signals and DecisionKind.APPROVE in senders:
                await approval_rule.take_turns(tx, task.number)  # it may become an approval; that lock comes first
            payout = await payouts.lock(tx, task.number)
            if payout.cancel_wanted_at is not None:
                await own_stages.hold_booking(tx, payout)  # it may be given up below; an intent comes before decisions
            retry = False
            for received in task.notes:
                if received.signal in _DECISIONS:
                    heard = await self._hear_decision(tx, payout, received, senders)
                    retry = retry or (heard and received.signal == DecisionKind.RESOLVE)
            if self._trust_engine_signals:
                # Only there a signal itself may have changed the row.
                payout = await payouts.get(tx, task.number)
            # Whatever is no decision says that something has changed: look at what lexoffice last showed.
            if any(received.signal not in _DECISIONS for received in task.notes):
                payout = await _forget_deviation(tx, payout)
                payout = await apply_credit_note(tx, payout, _events(task))
                payout = await settlement_by_bank.apply(tx, payout)
            rechecked = any(received.signal == "recheck" for received in task.notes)
            # What was just seen to deviate is delivered at a person's word only.
            retry = retry or (rechecked and not _deviates(payout))
            if payout.state is PayoutState.AWAITING_APPROVAL:
                rule = await approval_rule.of_payout(tx, payout)
                await payout_hands.ask_for_confirmation(
                    tx, payout, above_limit=rule.above_limit and not rule.switched_off
                )
            return await plan_next_step(tx, payout, unclear_wait=self._unclear_wait, retry=retry)

    @activity.defn
    async def settle_ended_payout(self, task: AdvanceInput) -> PayoutView:
        """lexoffice says something about a payout whose workflow has ended: one conditional UPDATE, or a task."""
        async with self._ledger.transaction(task.tenant, cause=f"payout:{task.number}") as tx:
            payout = await payouts.lock(tx, task.number)
            payout = await apply_credit_note(tx, payout, _events(task))
            # Nobody is there to take a step: an intent that is committed to now would only bar the payout's cancelling.
            return await view_payout(tx, payout)

    async def _hear_decision(
        self, tx: TenantTransaction, payout: Payout, received: ReceivedSignal, senders: Senders
    ) -> bool:
        """Whether a decision stands behind the signal. One that does not is recorded, refused, and becomes a task."""
        wanted = _decision_id(received)
        if wanted and await decisions.hear(tx, wanted, payout.id, DecisionKind(received.signal)):
            return True
        if received.signal not in senders:
            raise _SenderWanted(received)
        why = Reason.of("signal_without_decision")
        if wanted is None and self._trust_engine_signals:
            try:
                return await _decide_for_signaller(tx, payout, received, senders[received.signal])
            except Refused as refused:
                why = refused.reason
        await _refuse_signal(tx, payout, received, senders[received.signal], why)
        return False


def _deviates(payout: Payout) -> bool:
    """Its own document is booked otherwise than it was approved, and not delivered yet."""
    before = payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)
    return before and payout.blocked is not None and payout.blocked.code == "document_deviates"


async def _forget_deviation(tx: TenantTransaction, payout: Payout) -> Payout:
    """Judging what lexoffice last showed says it again, if it is still so."""
    if not _deviates(payout):
        return payout
    await payouts.block(tx, payout.id, None)
    return await payouts.get(tx, payout.number)


async def _refuse_signal(
    tx: TenantTransaction, payout: Payout, received: ReceivedSignal, sender: str, reason: Reason
) -> None:
    await audit.record(
        tx,
        actor="engine",
        action="payout.signal_refused",
        subject="payout",
        subject_id=payout.number,
        detail={"signal": received.signal, "sender": sender},
    )
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="signal_refused",
            subject="payout",
            subject_id=payout.number,
            reason=reason,
            detail={"signal": received.signal, "sender": sender},
            links={"payout": f"/api/v1/payouts/{payout.number}"},
        ),
    )


async def _decide_for_signaller(tx: TenantTransaction, payout: Payout, received: ReceivedSignal, sender: str) -> bool:
    """script/dev only: a bare signal of ops counts; the row says who sent it. Raises Refused."""
    actor = f"engine:{sender}"
    # A refusal by a trigger must undo this decision only, not what else this transaction does.
    with translating_refusals():
        async with tx.savepoint():
            match DecisionKind(received.signal):
                case DecisionKind.APPROVE:
                    seen = await payout_content.content_hash(tx, payout.id)
                    decision = await decisions.approve(tx, payout.number, actor=actor, seen_hash=seen)
                case DecisionKind.REJECT:
                    decision = await decisions.reject(tx, payout.number, actor=actor, reason="Signal")
                case DecisionKind.CANCEL:
                    decision = await decisions.cancel(tx, payout.number, actor=actor, reason="Signal")
                case DecisionKind.RESOLVE:
                    raise Refused("signal_resolves_no_task")
            await decisions.mark_delivered(tx, decision.id)
    return True


def _events(task: AdvanceInput) -> list[EventId]:
    """The events that the signals name; what is no event id is nobody's and names nothing."""
    named = (received.value.get("event") for received in task.notes if isinstance(received.value, dict))
    return [EventId(event) for event in named if type(event) is int and 0 < event <= _LARGEST_ID]


def _decision_id(received: ReceivedSignal) -> DecisionId | None:
    try:
        return DecisionId(UUID(received.value["decision"]))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
