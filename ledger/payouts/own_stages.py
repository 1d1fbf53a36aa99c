"""How far the document of our own of a payout is: issued, booked, delivered (rules.md, strategy B).

Each stage is one conditional UPDATE under the payout's lock, which the caller holds. Undone is what was not handed out:
its number is kept as „nicht ausgegeben", and the payout is as if no document had been issued.
"""

from uuid import UUID

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.own import issuing
from ledger.payouts import clawbacks, own_reversal_rows, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import DocumentStage, PayoutState

_BEFORE = {
    DocumentStage.ISSUED: (None,),
    DocumentStage.BOOKED: (DocumentStage.ISSUED,),
    DocumentStage.DELIVERED: (DocumentStage.ISSUED, DocumentStage.BOOKED),
}


async def mark(tx: TenantTransaction, payout: Payout, stage: DocumentStage) -> bool:
    """Move to this stage; False where it is not at the one before."""
    done = await tx.fetchval(
        """
        UPDATE payouts SET document_stage = $3, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND COALESCE(document_stage, '') = ANY ($4) RETURNING true
        """,
        tx.tenant.id,
        payout.id,
        stage,
        [before or "" for before in _BEFORE[stage]],
    )
    return bool(done)


async def mark_booked(tx: TenantTransaction, payout: Payout) -> None:
    """Its voucher is there, with the file, and agrees. What was unclear about it is clear."""
    await mark(tx, payout, DocumentStage.BOOKED)
    if payout.state is PayoutState.OUTCOME_UNKNOWN:
        await payouts.change_state(tx, payout, PayoutState.APPROVED, unblock=True)


async def mark_delivered(tx: TenantTransaction, payout: Payout) -> None:
    """The document is handed out: what it says is owed, and from here on only a Storno takes it back."""
    await mark(tx, payout, DocumentStage.DELIVERED)
    await payouts.change_state(tx, payout, PayoutState.CREDIT_NOTE_OPEN, unblock=True)


async def want_cancelled(tx: TenantTransaction, payout: Payout, *, by: str, reason: str) -> None:
    """Its voucher may be in the books: it is settled first, then undone, and nothing of it is delivered."""
    await tx.execute(
        """
        UPDATE payouts SET cancel_wanted_at = now(), cancel_wanted_by = $3, cancel_wanted_reason = $4,
                           updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND cancel_wanted_at IS NULL
        """,
        tx.tenant.id,
        payout.id,
        by,
        reason,
    )


async def hold_booking(tx: TenantTransaction, payout: Payout) -> None:
    """Lock the intent that books its document, where one is open: whoever is about to send it waits."""
    if (intent := await intents.open_of_payout(tx, payout.id)) is not None:
        await intents.lock(tx, intent.id)


async def close_unissued(tx: TenantTransaction, payout: Payout, *, by: str, reason: str) -> bool:
    """Keep its document's number as „nicht ausgegeben", if nothing of it can be in the books or in anybody's hands.

    False where the books may hold it. Raises NotAllowedNow where it was handed out, or its Storno has a number. Where
    there is none, True.
    """
    document = await issuing.find_of_payout(tx, payout.id)
    if document is None:
        return True
    if document.handed_out_at is not None:
        raise NotAllowedNow("own_document_is_delivered")
    if await _is_taken_back(tx, document.id):
        raise NotAllowedNow("reversal_exists", number=document.number)
    # Its row is held: who is about to send asks it, too (intents.may_send), and finds it closed.
    intent = await intents.open_of_document(tx, document.id)
    if intent is not None:
        await intents.lock(tx, intent.id)
        if not await unclear_outcomes.give_up(tx, intent.id):
            return False
    if await _is_in_the_books(tx, document.id):
        return False
    await issuing.close_unissued(tx, document.id, by=by, reason=reason)
    # What was undone there is not the payout's any more: the next document has a voucher of its own.
    await tx.execute(
        """
        UPDATE external_documents SET detached_at = now()
         WHERE tenant_id = $1 AND own_document_id = $2 AND detached_at IS NULL
        """,
        tx.tenant.id,
        document.id,
    )
    await tx.execute(
        """
        UPDATE payouts SET document_stage = NULL, cancel_wanted_at = NULL, cancel_wanted_by = NULL,
                           cancel_wanted_reason = NULL, updated_at = now()
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        payout.id,
    )
    await tasks.close_questions(
        tx,
        subject="payout",
        subject_id=payout.number,
        kinds=(*tasks.BLOCKED_BY, "outcome_unknown", "own_document_undo", "voucher_gone", "voucher_number_taken"),
        by=by,
    )
    return True


async def void(tx: TenantTransaction, payout: Payout, *, by: str, reason: str) -> None:
    """„Nicht ausgegeben": the books refuse it as it is. The approval is void; what is mended is approved anew.

    Raises NotAllowedNow where it may be in the books, or was handed out.
    """
    if not await close_unissued(tx, payout, by=by, reason=reason):
        raise NotAllowedNow("own_document_is_booked")
    await payouts.change_state(tx, payout, PayoutState.AWAITING_APPROVAL, reason=reason, unblock=True)


async def undo_cancelled(tx: TenantTransaction, payout: Payout) -> bool:
    """Carry out a cancelling that had to wait for the books, if they hold nothing of it (any more)."""
    if payout.cancel_wanted_at is None or payout.cancel_wanted_by is None or payout.cancel_wanted_reason is None:
        return False
    document = await issuing.find_of_payout(tx, payout.id)
    if document is not None and await _is_taken_back(tx, document.id):
        return False  # its Storno cancels it once that is effective
    by, reason = payout.cancel_wanted_by, payout.cancel_wanted_reason
    if not await close_unissued(tx, payout, by=by, reason=reason):
        return False
    await payouts.change_state(tx, payout, PayoutState.CANCELLED, reason=reason, unblock=True)
    await clawbacks.give_back(tx, payout.id)
    return True


async def ask_to_undo(tx: TenantTransaction, payout: Payout) -> None:
    """The voucher is in the books and the payout is cancelled: a person deletes it there, or takes it back."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="own_document_undo",
            subject="payout",
            subject_id=payout.number,
            reason=Reason.of("own_document_undo", number=payout.own_document_number),
            actions=("done",),
            links={"payout": f"/api/v1/payouts/{payout.number}", "credit_note": payout.credit_note_id},
        ),
    )


async def _is_taken_back(tx: TenantTransaction, document: UUID) -> bool:
    """Whether a Storno of it is issued. One that is only asked for ends by itself when its original is closed."""
    live = await own_reversal_rows.find_live(tx, document)
    return live is not None and live.document_id is not None


async def _is_in_the_books(tx: TenantTransaction, document: UUID) -> bool:
    """Whether a voucher of it exists that is neither deleted nor voided there."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM external_documents
                            WHERE tenant_id = $1 AND own_document_id = $2 AND detached_at IS NULL
                              AND COALESCE(status, '') NOT IN ('deleted', 'voided'))
                OR EXISTS (SELECT 1 FROM creation_intents
                            WHERE tenant_id = $1 AND own_document_id = $2 AND closed_at IS NULL)
            """,
            tx.tenant.id,
            document,
        )
    )
