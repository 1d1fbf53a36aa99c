"""Bookings that may be about payouts and prove nothing alone („Nicht zugeordnet"): shown, assigned, set aside."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ledger.audit import audit, hands
from ledger.bank import booking_questions, payment_evidence
from ledger.bank.bank_ids import masked
from ledger.bank.matching import is_return
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound, require_reason
from ledger.types import Frozen, PartnerId, PayoutState

STATES = ("waiting", "matched", "unrelated", "unresolved", "set_aside")


class EntryDetail(Frozen):
    """A transfer within a booking; of the other account the last four characters."""

    end_to_end_id: str | None
    amount_cents: int | None
    other_name: str | None
    other_iban_last4: str | None
    return_code: str | None
    text: str | None

    @property
    def masked_iban(self) -> str | None:
        """The other IBAN as pages show it."""
        return masked(self.other_iban_last4) if self.other_iban_last4 else None


class BankEntry(Frozen):
    """A booking (Umsatz) that may be about payouts."""

    id: UUID
    seq: int
    booked_on: date | None
    valued_on: date | None
    amount_cents: int | None
    currency: str | None
    direction: str | None
    reversal: bool
    state: str
    outcome_code: str | None
    outcome_params: dict[str, Any] | None
    batch_reference: str | None
    text: str | None
    decided_by: str | None
    details: tuple[EntryDetail, ...]

    @property
    def why(self) -> Reason | None:
        """Why it is not assigned."""
        return Reason.read(self.outcome_code, self.outcome_params)


_COLUMNS = """
    e.id, e.seq, e.booked_on, e.valued_on, e.amount_cents, e.currency, e.direction, e.reversal, e.state, e.outcome_code,
    e.outcome_params, e.batch_reference, e.text, e.decided_by,
    COALESCE((SELECT jsonb_agg(jsonb_build_object(
                     'end_to_end_id', d.end_to_end_id, 'amount_cents', d.amount_cents, 'other_name', d.other_name,
                     'other_iban_last4', d.other_iban_last4, 'return_code', d.return_code, 'text', d.text)
                     ORDER BY d.position)
                FROM bank_entry_details d
               WHERE d.tenant_id = e.tenant_id AND d.entry_id = e.id AND d.position < 100), '[]') AS details
"""


async def list_bank_entries(
    tx: TenantTransaction,
    *,
    state: str = "unresolved",
    updated_since: datetime | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[BankEntry], Place | None]:
    """Newest first; the second value is where the next page begins. Bookings about no payout are never listed."""
    where = Conditions(tx.tenant.id, limit + 1)
    where.require("e.state = {}", state)
    changed_since(where, "e", updated_since)
    RECORDED.begin(where, "e", after)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM bank_entries e
         WHERE e.tenant_id = $1 AND e.concerns_us {where} ORDER BY {RECORDED.by("e")} LIMIT $2
        """,
        *where.parameters,
    )
    return RECORDED.cut([BankEntry.from_row(row) for row in rows], limit)


async def get(tx: TenantTransaction, entry: UUID) -> BankEntry:
    """A booking that may be about payouts. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM bank_entries e WHERE e.tenant_id = $1 AND e.id = $2 AND e.concerns_us",
        tx.tenant.id,
        entry,
    )
    if row is None:
        raise NotFound("bank_entry_not_found")
    return BankEntry.from_row(row)


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
    if payout.state not in (PayoutState.CREDIT_NOTE_OPEN, PayoutState.PAID, PayoutState.RETURNED):
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
    return await get(tx, entry.id), payout


async def _left_of(tx: TenantTransaction, entry: BankEntry, payout: Payout) -> int:
    """Cents of the booking that are no evidence yet; none where it is evidence of this payout."""
    row = await tx.fetchrow(
        """
        SELECT COALESCE(sum(amount_cents), 0)::bigint AS proved, COALESCE(bool_or(payout_id = $3), false) AS of_it
          FROM payment_evidence WHERE tenant_id = $1 AND entry_id = $2
        """,
        tx.tenant.id,
        entry.id,
        payout.id,
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
    return await get(tx, entry.id)


async def _lock(tx: TenantTransaction, entry_id: UUID) -> BankEntry:
    await tx.execute(
        """
        SELECT 1 FROM tenant_bank_accounts WHERE tenant_id = $1
           AND id = (SELECT account_id FROM bank_entries WHERE tenant_id = $1 AND id = $2) FOR NO KEY UPDATE
        """,
        tx.tenant.id,
        entry_id,
    )
    entry = await get(tx, entry_id)
    if entry.state != "unresolved":
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
