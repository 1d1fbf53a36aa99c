"""Bookings that prove nothing alone („Nicht zugeordnet"): assigned, set aside, taken up again by a person."""

from uuid import UUID

from ledger.audit import audit, hands
from ledger.bank import bank_entries, booking_questions, payment_evidence
from ledger.bank.bank_entries import PROPOSALS, BankEntry
from ledger.bank.matching import is_return
from ledger.database import TenantTransaction
from ledger.payouts import claims, payouts
from ledger.payouts.claims import NewPart
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow, NotFound, require_reason
from ledger.types import PartnerId, PayoutState

TO_ASSIGN = (PayoutState.CREDIT_NOTE_OPEN, PayoutState.PAID, PayoutState.RETURNED)
"""A payout in these has a document that can be paid, or was."""


async def assign(tx: TenantTransaction, entry_id: UUID, number: str, *, by: str) -> tuple[BankEntry, Payout]:
    """A person says which payout a booking paid, or brought back. It becomes evidence, and a hand in the payout.

    It counts for what is left of the booking: a part of it may be proved already. Locks four eyes of the partner, the
    own account, the payout. Raises NotFound, NotAllowedNow (not unresolved, unclear, nothing left of it, a payout that
    has no document yet, a credit that is neither a return nor of the amount that left).
    """
    partner = await tx.fetchval(
        "SELECT partner_id FROM payouts WHERE tenant_id = $1 AND number = $2", tx.tenant.id, number
    )
    if partner is None:
        raise NotFound("payout_not_found")
    await hands.hold_partner(tx, PartnerId(partner))
    entry = await _lock(tx, entry_id)
    payout = await payouts.lock(tx, number)
    if payout.state not in TO_ASSIGN:
        raise NotAllowedNow("payout_has_no_document_to_pay")
    clear = entry.amount_cents and entry.direction and entry.currency == "EUR" and entry.booked_on
    if not clear or entry.reversal:
        raise NotAllowedNow("booking_is_unclear")
    kind = "debit" if entry.direction == "debit" else "return"
    left = await _left_of(tx, entry, payout)
    if left <= 0:
        raise NotAllowedNow("booking_decided")
    if kind == "return" and not await _may_be_a_return(tx, entry, payout, left):
        raise NotAllowedNow("credit_is_no_return")
    await tx.execute(
        """
        INSERT INTO payment_evidence (tenant_id, payout_id, entry_id, kind, end_to_end_id, amount_cents, booked_on,
                                      reason_code, assigned_by, cancels)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                CASE WHEN $4 = 'return' THEN (
                     SELECT e.id FROM payment_evidence e
                      WHERE e.tenant_id = $1 AND e.payout_id = $2 AND e.kind = 'debit'
                        AND NOT EXISTS (SELECT FROM payment_evidence c WHERE c.tenant_id = $1 AND c.cancels = e.id)
                      ORDER BY e.amount_cents <> $6, e.seq DESC LIMIT 1) END)
        ON CONFLICT (tenant_id, entry_id, payout_id, kind) DO NOTHING
        """,
        tx.tenant.id,
        payout.id,
        entry.id,
        kind,
        payout.number,
        left,
        entry.booked_on,
        next((detail.return_code for detail in entry.details if detail.return_code), None),
        by,
    )
    await _decide(tx, entry, "matched", by)
    await audit.record(
        tx,
        actor=by,
        action="payout.bank_assigned",
        subject="payout",
        subject_id=payout.number,
        detail={"entry": str(entry.id), "amount_cents": left, "kind": kind},
    )
    return await bank_entries.get(tx, entry.id), payout


async def assign_to_claim(tx: TenantTransaction, entry_id: UUID, claim_id: UUID, *, by: str) -> BankEntry:
    """A person says which claim a credit repays („Rückzahlung"), as far as it is owed; a hand in the partner.

    What is left of the booking waits on. Locks four eyes of the partner, the own account. Raises NotFound,
    NotAllowedNow (not unresolved, no clear credit, nothing left of it, the claim has ended, or got some of it already).
    """
    claim = await claims.hold(tx, claim_id)
    entry = await _lock(tx, entry_id)
    if entry.direction != "credit" or entry.currency != "EUR" or entry.booked_on is None or entry.reversal:
        raise NotAllowedNow("booking_is_no_repayment")
    left = await _left_of(tx, entry, None)
    if left <= 0 or any(one.claim == claim.id for one in entry.repayments):
        raise NotAllowedNow("booking_decided")
    part = NewPart("bank", min(left, claim.open_cents), entry.booked_on, entry_id=entry.id)
    await claims.note_part(tx, claim, part, by=by)
    if part.amount_cents == left:
        await _decide(tx, entry, "matched", by)
    return await bank_entries.get(tx, entry.id)


async def _left_of(tx: TenantTransaction, entry: BankEntry, payout: Payout | None) -> int:
    """Cents of the booking that are no evidence and no repayment yet; none where it is evidence of this payout."""
    row = await tx.fetchrow(
        """
        SELECT COALESCE(sum(amount_cents), 0)::bigint AS proved, COALESCE(bool_or(payout_id = $3), false) AS of_it
          FROM (SELECT amount_cents, payout_id FROM payment_evidence WHERE tenant_id = $1 AND entry_id = $2
                 UNION ALL
                SELECT amount_cents, NULL FROM claim_parts WHERE tenant_id = $1 AND entry_id = $2) told
        """,
        tx.tenant.id,
        entry.id,
        payout and payout.id,
    )
    assert row is not None  # an aggregate answers with one row
    return 0 if row["of_it"] else (entry.amount_cents or 0) - int(row["proved"])


async def _may_be_a_return(tx: TenantTransaction, entry: BankEntry, payout: Payout, cents: int) -> bool:
    """By its code or family, which charges may lessen; else only of the amount that left, or was due where the bank
    told of no debit: what takes a debit back takes back all of it."""
    row = await tx.fetchrow(
        "SELECT code, business_code FROM bank_entries WHERE tenant_id = $1 AND id = $2", tx.tenant.id, entry.id
    )
    codes = await tx.fetch(
        "SELECT return_code, code, business_code FROM bank_entry_details WHERE tenant_id = $1 AND entry_id = $2",
        tx.tenant.id,
        entry.id,
    )
    assert row is not None, "bookings are never deleted"
    if any(is_return(one.get("return_code"), one["code"], one["business_code"]) for one in (row, *codes)):
        return True
    open_debits = await tx.fetch(
        """
        SELECT e.amount_cents FROM payment_evidence e
         WHERE e.tenant_id = $1 AND e.payout_id = $2 AND e.kind = 'debit'
           AND NOT EXISTS (SELECT FROM payment_evidence c WHERE c.tenant_id = $1 AND c.cancels = e.id)
        """,
        tx.tenant.id,
        payout.id,
    )
    proved = await payment_evidence.sum_up(tx, payout.id)
    may_be = {debit["amount_cents"] for debit in open_debits} if proved.debits else {proved.transfer_cents}
    return cents in may_be


async def set_aside(tx: TenantTransaction, entry_id: UUID, *, by: str, reason: str) -> BankEntry:
    """It is about no payout, or was settled otherwise. Locks the own account.

    Raises NotFound, NotAllowedNow (not unresolved), NotAcceptable without a reason.
    """
    require_reason(reason)
    entry = await _lock(tx, entry_id)
    await _decide(tx, entry, "set_aside", by)
    await audit.record(
        tx,
        actor=by,
        action="statement.entry_set_aside",
        subject="statement",
        subject_id=str(entry.id),
        detail={"reason": reason},
    )
    return await bank_entries.get(tx, entry.id)


async def take_up_again(tx: TenantTransaction, entry_id: UUID, *, by: str) -> BankEntry:
    """What was set aside waits for a decision again, with the reason that it had. Locks the own account.

    Evidence never changes: what was assigned stays so. Raises NotFound, NotAllowedNow (not set aside).
    """
    entry = await _lock(tx, entry_id, "set_aside")
    await tx.execute(
        """
        UPDATE bank_entries SET state = 'unresolved', decided_by = NULL, decided_at = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        entry.id,
    )
    if entry.why is not None and entry.why.code not in PROPOSALS:
        await booking_questions.ask(tx, entry.id, entry.why)
    await audit.record(
        tx, actor=by, action="statement.entry_taken_up", subject="statement", subject_id=str(entry.id), detail={}
    )
    return await bank_entries.get(tx, entry.id)


async def _lock(tx: TenantTransaction, entry_id: UUID, state: str = "unresolved") -> BankEntry:
    await tx.execute(
        """
        SELECT 1 FROM tenant_bank_accounts WHERE tenant_id = $1
           AND id = (SELECT account_id FROM bank_entries WHERE tenant_id = $1 AND id = $2) FOR NO KEY UPDATE
        """,
        tx.tenant.id,
        entry_id,
    )
    entry = await bank_entries.get(tx, entry_id)
    if entry.state != state:
        raise NotAllowedNow("booking_decided")
    return entry


async def _decide(tx: TenantTransaction, entry: BankEntry, state: str, by: str) -> None:
    await tx.execute(
        """
        UPDATE bank_entries SET state = $3, decided_by = $4, decided_at = now() WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        entry.id,
        state,
        by,
    )
    await booking_questions.close(tx, entry.id, by=by)
