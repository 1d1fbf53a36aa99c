"""What the bank's evidence does to a payout (rules.md, Bank). Who says that it is paid the tenant chooses.

The payout is locked; applying twice changes nothing. There is never a second transfer by itself.
"""

from ledger import tasks
from ledger.bank import further_attempts, payment_evidence, return_reasons
from ledger.bank.payment_evidence import Proved
from ledger.booking import settlement
from ledger.database import TenantTransaction
from ledger.payouts import payouts, surpluses
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import PaidBy, PayoutState

_PAID_IN_THE_BOOKS = ("paid", "paidoff")


async def apply(tx: TenantTransaction, payout: Payout) -> Payout:
    """The payout as it is after all that the bank has told of it."""
    proved = await payment_evidence.sum_up(tx, payout.id)
    if not proved.debits and not proved.returns:
        return payout
    await _note(tx, payout, proved)
    if proved.is_back:
        await _came_back(tx, payout, proved)
    elif proved.is_complete:
        await _left(tx, payout, proved)
    return await payouts.get(tx, payout.number)


async def _note(tx: TenantTransaction, payout: Payout, proved: Proved) -> None:
    """The day and reference of the transfer, on the payout; and whether more left than was due."""
    complete = proved.is_complete
    # What was settled otherwise, or is owed no more, is paid twice by any debit.
    ended = payout.state in (PayoutState.SETTLED_MANUALLY, PayoutState.CANCELLED)
    due = 0 if ended else proved.transfer_cents
    await tx.execute(
        """
        UPDATE payouts SET transferred_on = $3, bank_reference = $4, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND (transferred_on, bank_reference) IS DISTINCT FROM ($3::date, $4)
        """,
        tx.tenant.id,
        payout.id,
        proved.sent_on if complete else None,
        proved.bank_reference if complete else None,
    )
    await surpluses.follow(tx, payout, max(proved.open_cents - due, 0))
    if proved.open_cents > due:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind="paid_too_much",
                subject="payout",
                subject_id=payout.number,
                reason=Reason.of(
                    "paid_twice" if proved.attempts_out > 1 else "paid_too_much", more=proved.open_cents - due
                ),
                links={"payout": f"/api/v1/payouts/{payout.number}"},
            ),
        )
    else:
        await tasks.close_questions(
            tx, subject="payout", subject_id=payout.number, kinds=("paid_too_much",), by="engine"
        )


async def _came_back(tx: TenantTransaction, payout: Payout, proved: Proved) -> None:
    if payout.state is PayoutState.CREDIT_NOTE_OPEN and not proved.returns and not await _is_said_paid(tx, payout):
        return  # taken back before it counted as paid, as if nothing had left: the payout is open again
    if payout.state is PayoutState.PAID and await _is_paid_since(tx, payout, proved):
        return
    if proved.last_back == "return":
        reason = Reason.of("bank_returned", why=return_reasons.in_words(proved.return_code).model_dump())
    else:
        reason = Reason.of("bank_reversed")
    if payout.state in (PayoutState.CREDIT_NOTE_OPEN, PayoutState.PAID):
        await settlement.mark_returned(tx, payout, reason)
    elif payout.state is PayoutState.RETURNED and await further_attempts.end_returned(tx, payout):
        await further_attempts.ask_what_becomes_of_it(tx, payout, reason)


async def _is_paid_since(tx: TenantTransaction, payout: Payout, proved: Proved) -> bool:
    """A person was asked about all that came back, and said paid. The debit may be told after its return."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT FROM tasks
                            WHERE tenant_id = $1 AND subject = 'payout' AND subject_id = $2 AND kind = 'returned'
                              AND state = 'resolved' AND resolution->>'action' = 'paid' AND resolved_at > $3)
            """,
            tx.tenant.id,
            payout.number,
            proved.back_told_at,
        )
    )


async def _left(tx: TenantTransaction, payout: Payout, proved: Proved) -> None:
    if payout.state is PayoutState.RETURNED:
        if proved.left_again:
            await settlement.mark_paid(tx, payout, proved.end_to_end_id or payout.number, proved.sent_on)
        return
    if payout.state is not PayoutState.CREDIT_NOTE_OPEN:
        return
    # After a return the bank's word for what is still out counts whomever the tenant chose, as for a returned payout.
    paid_by = await payment_evidence.who_says_paid(tx, payout)
    waits = paid_by is PaidBy.LEXOFFICE or (paid_by is PaidBy.BOTH and not await _is_paid_in_the_books(tx, payout))
    if waits and not proved.returns:
        return
    open_questions = await tasks.open_kinds(tx, subject="payout", subject_id=payout.number)
    if payout.reopened or "document_deviates" in open_questions:
        await settlement.mark_returned(tx, payout, Reason.of("paid_but_document_changed"))
    else:
        await settlement.mark_paid(tx, payout, proved.end_to_end_id or payout.number, proved.sent_on)


async def _is_said_paid(tx: TenantTransaction, payout: Payout) -> bool:
    """Whether a debit would have made it paid, had it been told alone: then what takes the debit back returns it,
    in whatever order both are told."""
    paid_by = await payment_evidence.who_says_paid(tx, payout)
    return paid_by is PaidBy.BANK or await _is_paid_in_the_books(tx, payout)


async def _is_paid_in_the_books(tx: TenantTransaction, payout: Payout) -> bool:
    status = await tx.fetchval(
        "SELECT status FROM external_documents WHERE tenant_id = $1 AND payout_id = $2 AND detached_at IS NULL",
        tx.tenant.id,
        payout.id,
    )
    return status in _PAID_IN_THE_BOOKS
