"""What an effective Storno does to its payout, and a correction to its lines (rules.md, States and strategy B).

Effective is what is booked and has reached the partner. Nothing has left: the payout is cancelled and its commissions
are owed anew. Otherwise it is `returned`, its commissions stay, and a person says what became of the money. A
correcting document has no payout: its lines are settled by it, and its gross becomes a claim.
"""

from ledger import tasks
from ledger.bank import bank_transfers, payment_evidence
from ledger.database import TenantTransaction
from ledger.payouts import claims, clawbacks, correction_lines, own_reversal_rows, payouts
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentStage, PayoutState

_NOTHING_LEFT = (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)
_ENDED = (PayoutState.CANCELLED, PayoutState.REJECTED, PayoutState.SETTLED_MANUALLY, PayoutState.RETURNED)
_ASKED_OF_THE_DOCUMENT = ("document_deviates", "document_reopened", "settled_by_related")


async def conclude(tx: TenantTransaction, reversal: OwnReversal) -> None:
    """The document is effective now. Its row and payout are held; applying twice changes nothing."""
    if reversal.is_effective:
        return
    await own_reversal_rows.note_stage(tx, reversal.id, DocumentStage.DELIVERED)
    if reversal.payout_number is None:
        await correction_lines.settle(tx, reversal.id)
        await claims.raise_of_correction(tx, reversal)
        return
    payout = await payouts.get(tx, reversal.payout_number)
    if payout.state in _ENDED:
        return
    reason = Reason.of("own_document_reversed", number=reversal.document_number)
    if payout.state is PayoutState.PAID or await _may_have_left(tx, payout):
        await payouts.change_state(tx, payout, PayoutState.RETURNED, reason=reason)
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind="returned",
                subject="payout",
                subject_id=payout.number,
                reason=Reason.of("undone_was_it_paid"),
                actions=("cancelled", "settled_manually"),
                links={"payout": f"/api/v1/payouts/{payout.number}"},
            ),
        )
    else:
        await payouts.change_state(tx, payout, PayoutState.CANCELLED, reason=reason, reopened=False, unblock=True)
        await clawbacks.give_back(tx, payout.id)
        await tasks.close_questions(
            tx,
            subject="payout",
            subject_id=payout.number,
            kinds=(*tasks.BLOCKED_BY, *_ASKED_OF_THE_DOCUMENT),
            by="engine",
        )
    await payouts.want_recheck(tx, payout.id)


async def _may_have_left(tx: TenantTransaction, payout: Payout) -> bool:
    if payout.state in _NOTHING_LEFT:
        return False  # what was never delivered enters no bank file
    if await bank_transfers.exported_as(tx, payout.id):
        return True
    # Whoever says paid: the bank has seen it leave, in no file of ours, and it did not come back.
    if (await payment_evidence.sum_up(tx, payout.id)).open_cents > 0:
        return True
    # Without books nobody tells of a payment but the bank or a person, who makes it `paid`.
    return bool(
        await tx.fetchval(
            """
            SELECT status = 'transferred' OR open_cents < gross_cents FROM external_documents
             WHERE tenant_id = $1 AND payout_id = $2 AND detached_at IS NULL
            """,
            tx.tenant.id,
            payout.id,
        )
    )
