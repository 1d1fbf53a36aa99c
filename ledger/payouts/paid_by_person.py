"""Books `none`: no books say that a payout is paid. The bank does, or a person with day and reference (rules.md).

So it is with what came back and is transferred again, whatever the books: they may have said paid all along.
"""

from datetime import date

from ledger import clock
from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.payouts import decisions, payout_lines, payouts
from ledger.payouts.decisions import Decision
from ledger.payouts.payouts import Payout
from ledger.plain_text import line
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import BERLIN, Frozen, PayoutState

LONGEST_REFERENCE = 140
"""As much as a transfer's remittance information takes (SEPA, unstructured)."""


class Payment(Frozen):
    """What a person saw on the account: the day of the debit (Berlin) and what it is known by there."""

    paid_on: date
    reference: str
    reason: str | None = None


async def record_payment(tx: TenantTransaction, number: str, payment: Payment, *, actor: str) -> Decision:
    """credit_note_open | returned → paid, final for its commissions. Locks the payout.

    The workflow is told by the decision. Raises NotFound, NotAllowedNow (books that say it themselves, another state),
    NotAcceptable (day before the payout or to come, reference that is no line of 1 to 140 characters).
    """
    payout = await payouts.lock(tx, number)
    again = payout.state is PayoutState.RETURNED and await _is_transferred_again(tx, payout)
    if payout.books != NO_BOOKS and not again:
        raise NotAllowedNow("paid_is_told_by_the_books")
    if payout.state is not PayoutState.CREDIT_NOTE_OPEN and not again:
        raise NotAllowedNow("payout_awaits_no_payment")
    if not payout.created_at.astimezone(BERLIN).date() <= payment.paid_on <= clock.today():
        raise NotAcceptable("paid_on_not_acceptable")
    reference = line(payment.reference)
    if not 1 <= len(reference) <= LONGEST_REFERENCE:
        raise NotAcceptable("payment_reference_unusable", most=LONGEST_REFERENCE)
    decision = await decisions.resolve(
        tx,
        number,
        actor=actor,
        reason=payment.reason,
        detail={"action": "paid", "paid_on": payment.paid_on.isoformat(), "payment_reference": reference},
    )
    await payouts.change_state(
        tx, payout, PayoutState.PAID, payment_reference=reference, paid_on=payment.paid_on, unblock=True
    )
    await payout_lines.pay(tx, payout.id)
    return decision


async def _is_transferred_again(tx: TenantTransaction, payout: Payout) -> bool:
    """Two persons have decided it (ledger/bank/further_attempts.py)."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT FROM payment_attempts
                            WHERE tenant_id = $1 AND payout_id = $2 AND confirmed_at IS NOT NULL AND ended_at IS NULL)
            """,
            tx.tenant.id,
            payout.id,
        )
    )
