"""Decisions by people: a row behind an authenticated user or key, and the state it brings, in one transaction.

engine.md, Decisions: the row is refused when the state does not allow it; the workflow is told afterwards and follows.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ledger import tasks
from ledger.audit import audit
from ledger.connections import running_workers
from ledger.database import TenantTransaction
from ledger.payouts import approval_rule, by_hand, clawbacks, own_stages, payout_content, payout_hands, payouts
from ledger.payouts.payout_requests import why_blocked
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, ContentHasChanged, DocumentUnderWay, NotAllowedNow, require_reason
from ledger.tax import vat_proofs
from ledger.types import (
    DecisionId,
    DecisionKind,
    DocumentStrategy,
    Frozen,
    PayoutId,
    PayoutNumber,
    PayoutState,
    TaxCase,
)

_WHY_NOT = {
    PayoutState.AWAITING_APPROVAL: "payout_awaits_approval",
    PayoutState.APPROVED: "payout_approved",
    PayoutState.REJECTED: "payout_rejected",
    PayoutState.OUTCOME_UNKNOWN: "payout_outcome_unclear",
    PayoutState.CREDIT_NOTE_OPEN: "payout_has_credit_note",
    PayoutState.PAID: "payout_paid",
    PayoutState.RETURNED: "payout_returned",
    PayoutState.CANCELLED: "payout_cancelled",
    PayoutState.SETTLED_MANUALLY: "payout_settled_manually",
}

_ENDS_IN = {DecisionKind.REJECT: PayoutState.REJECTED, DecisionKind.CANCEL: PayoutState.CANCELLED}


class Shown(NamedTuple):
    """What an approver saw beside the content, and says to it."""

    last_hand: UUID | None = None
    """The newest hand (payout_hands.end_those_shown)."""
    by_hand: bool = False
    """The money is transferred by hand where no bank details are in force."""


class Decision(Frozen):
    """What somebody decided about a payout, and about which content of it."""

    id: DecisionId
    payout_id: PayoutId
    number: PayoutNumber
    kind: DecisionKind
    decided_by: str
    decided_at: datetime
    content_hash: str
    reason: str | None
    detail: dict[str, Any]


_DECISION = """
    SELECT d.*, p.number FROM decisions d JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
     WHERE d.tenant_id = $1
"""


async def approve(
    tx: TenantTransaction,
    number: str,
    *,
    actor: str,
    seen_hash: str,
    reason: str | None = None,
    shown: Shown | None = None,
) -> Decision:
    """awaiting_approval → approved.

    Raises NotFound, NotAllowedNow (also where no bank details are in force and nobody confirms a transfer by hand, and
    while a worker runs that does not know the formula of its content),
    SecondPersonNeeded, ContentHasChanged, Blocked. A business of the EU needs a proof of VIES (vat_proofs.require).
    """
    await approval_rule.take_turns(tx, number)
    payout = await payouts.lock(tx, number)
    _require(payout, PayoutState.AWAITING_APPROVAL)
    found = await payout_hands.of_payout(tx, payout)
    await approval_rule.require(tx, payout, actor, found)
    if payout.holds:
        raise NotAllowedNow("payout_held")
    await running_workers.require_all_to_read(tx, payout.hash_version)
    if await payout_content.renew_content_hash(tx, payout.id) != seen_hash:
        raise ContentHasChanged
    if blocked := await why_blocked(tx, payout):
        raise Blocked(blocked.code, **blocked.params)
    proof = await _vat_proof(tx, payout, reason)
    shown = shown or Shown()
    has_account = await by_hand.has_account(tx, payout.partner_id)
    if not (has_account or shown.by_hand):
        raise NotAllowedNow("transfer_by_hand_not_confirmed")
    detail = ({} if has_account else {"by_hand": True}) | proof
    decision = await _record(tx, payout, _New(DecisionKind.APPROVE, actor, seen_hash, reason, detail))
    # What blocked an earlier approval is judged anew; left standing it would keep this one waiting without a word.
    await payouts.change_state(tx, payout, PayoutState.APPROVED, unblock=True)
    # The account that this approval saw (it is part of the hash) is the one that will be paid.
    await tx.execute(
        """
        UPDATE payouts SET bank_details_id = (SELECT id FROM partner_bank_details
                                               WHERE tenant_id = $1 AND partner_id = $3 AND state = 'active')
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        payout.id,
        payout.partner_id,
    )
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=(payout_hands.TASK,), by=actor)
    await payout_hands.end_shown(tx, payout, found, actor=actor, last_shown=shown.last_hand)
    return decision


async def _vat_proof(tx: TenantTransaction, payout: Payout, reason: str | None) -> dict[str, Any]:
    """What the decision keeps of it: under an own document a business of the EU is one that VIES knows."""
    if payout.strategy is not DocumentStrategy.OWN_DOCUMENT or payout.tax_case is not TaxCase.EU_BUSINESS:
        return {}
    return await vat_proofs.require(tx, payout.partner_id, reason=reason)


async def reject(
    tx: TenantTransaction, number: str, *, actor: str, reason: str, seen_hash: str | None = None
) -> Decision:
    """awaiting_approval → rejected; the commissions are free again.

    Raises NotFound, NotAllowedNow, ContentHasChanged.
    """
    payout = await payouts.lock(tx, number)
    _require(payout, PayoutState.AWAITING_APPROVAL)
    return await _end(tx, payout, DecisionKind.REJECT, actor, reason, seen_hash)


async def cancel(
    tx: TenantTransaction, number: str, *, actor: str, reason: str, seen_hash: str | None = None
) -> Decision:
    """awaiting_approval | approved → cancelled, while no document can exist; a document of ours that nobody has is
    closed as „nicht ausgegeben".

    Where its voucher may be in the books, the payout stays: that is settled and undone first (own_stages). Raises
    NotFound, NotAllowedNow (also of a document of ours that was handed out), ContentHasChanged, and DocumentUnderWay
    once lexoffice's credit note is under way: then it must be voided in lexoffice first (rules.md, States).
    """
    payout = await payouts.lock(tx, number)
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT:
        return await _cancel_own(tx, payout, actor=actor, reason=reason, seen_hash=seen_hash)
    if payout.state in (PayoutState.OUTCOME_UNKNOWN, PayoutState.CREDIT_NOTE_OPEN):
        raise DocumentUnderWay
    _require(payout, PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED)
    # A trigger refuses the state while an intent is open (PD006 → DocumentUnderWay).
    return await _end(tx, payout, DecisionKind.CANCEL, actor, reason, seen_hash)


async def _cancel_own(
    tx: TenantTransaction, payout: Payout, *, actor: str, reason: str, seen_hash: str | None
) -> Decision:
    if payout.state is PayoutState.CREDIT_NOTE_OPEN:
        raise NotAllowedNow("own_document_is_delivered")
    _require(payout, PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)
    require_reason(reason)
    if payout.cancel_wanted_at is not None:
        raise NotAllowedNow("cancelling_waits_for_the_books")
    if await own_stages.close_unissued(tx, payout, by=actor, reason=reason):
        return await _end(tx, payout, DecisionKind.CANCEL, actor, reason, seen_hash)
    if seen_hash is not None and seen_hash != payout.content_hash:
        raise ContentHasChanged
    decision = await _record(
        tx, payout, _New(DecisionKind.CANCEL, actor, payout.content_hash, reason, {"waits_for_the_books": True})
    )
    await own_stages.want_cancelled(tx, payout, by=actor, reason=reason)
    return decision


async def resolve(
    tx: TenantTransaction, number: str, *, actor: str, detail: dict[str, Any], reason: str | None = None
) -> Decision:
    """A person's answer to a task about this payout; what it does is decided where the task is understood."""
    payout = await payouts.lock(tx, number)
    return await _record(tx, payout, _New(DecisionKind.RESOLVE, actor, payout.content_hash, reason, detail))


async def find(tx: TenantTransaction, decision: DecisionId) -> Decision | None:
    """The decision, or None."""
    row = await tx.fetchrow(_DECISION + " AND d.id = $2", tx.tenant.id, decision)
    return None if row is None else Decision.from_row(row)


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> list[Decision]:
    """All decisions about the payout, oldest first."""
    rows = await tx.fetch(_DECISION + " AND d.payout_id = $2 ORDER BY d.decided_at", tx.tenant.id, payout)
    return [Decision.from_row(row) for row in rows]


async def approved_hash(tx: TenantTransaction, payout: PayoutId) -> str | None:
    """The content that the newest approval stands for."""
    found: str | None = await tx.fetchval(
        """
        SELECT content_hash FROM decisions WHERE tenant_id = $1 AND payout_id = $2 AND kind = 'approve'
         ORDER BY decided_at DESC LIMIT 1
        """,
        tx.tenant.id,
        payout,
    )
    return found


async def mark_delivered(tx: TenantTransaction, decision: DecisionId) -> None:
    """Keeps that the engine has the decision; the first time counts."""
    await tx.execute(
        "UPDATE decisions SET delivered_at = now() WHERE tenant_id = $1 AND id = $2 AND delivered_at IS NULL",
        tx.tenant.id,
        decision,
    )


async def hear(tx: TenantTransaction, decision: DecisionId, payout: PayoutId, kind: DecisionKind) -> bool:
    """Whether there is such a decision about this payout. Whoever asks was told of it, and the row says so."""
    return bool(
        await tx.fetchval(
            """
            UPDATE decisions SET delivered_at = COALESCE(delivered_at, now())
             WHERE tenant_id = $1 AND id = $2 AND payout_id = $3 AND kind = $4 RETURNING true
            """,
            tx.tenant.id,
            decision,
            payout,
            kind,
        )
    )


def _require(payout: Payout, *allowed: PayoutState) -> None:
    if payout.state not in allowed:
        raise NotAllowedNow(_WHY_NOT[payout.state])


async def _end(
    tx: TenantTransaction,
    payout: Payout,
    kind: DecisionKind,
    actor: str,
    reason: str,
    seen_hash: str | None,
) -> Decision:
    now = await payout_content.renew_content_hash(tx, payout.id)
    if seen_hash is not None and seen_hash != now:
        raise ContentHasChanged
    decision = await _record(tx, payout, _New(kind, actor, now, reason))
    await payouts.change_state(tx, payout, _ENDS_IN[kind], reason=reason, unblock=True)
    await clawbacks.give_back(tx, payout.id)
    await tasks.close_questions(
        tx,
        subject="payout",
        subject_id=payout.number,
        kinds=(*tasks.BLOCKED_BY, payout_hands.TASK),
        by=actor,
    )
    return decision


class _New(NamedTuple):
    kind: DecisionKind
    actor: str
    content_hash: str
    reason: str | None
    detail: dict[str, Any] | None = None


async def _record(tx: TenantTransaction, payout: Payout, new: _New) -> Decision:
    decision = await tx.fetchval(
        """
        INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash, hash_version, reason, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
        """,
        tx.tenant.id,
        payout.id,
        new.kind,
        new.actor,
        new.content_hash,
        payout.hash_version,
        new.reason,
        new.detail or {},
    )
    await tx.execute("SELECT set_config('app.cause', $1, true)", f"decision:{decision}")
    await audit.record(
        tx,
        actor=new.actor,
        action=f"payout.{new.kind}",
        subject="payout",
        subject_id=payout.number,
        detail={
            "decision": str(decision),
            "from": payout.state.value,
            "content_hash": new.content_hash,
            "reason": new.reason,
        },
    )
    found = await find(tx, decision)
    assert found is not None
    return found
