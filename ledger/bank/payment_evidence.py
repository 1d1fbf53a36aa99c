"""What the bank has proved of a payout, summed up."""

from datetime import date, datetime
from uuid import UUID

from ledger.bank.return_reasons import OF_THE_ACCOUNT
from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.payouts.payouts import DOCUMENTS, TO_TRANSFER, Payout
from ledger.types import Frozen, PaidBy, PayoutId


class Proved(Frozen):
    """Cents of a payout's debits and what came back. `transfer_cents` is what its file ordered, else what is
    due: what its document says, else its gross."""

    transfer_cents: int
    open_cents: int
    """That left and were not taken back."""
    debits: int
    returns: int
    sent_on: date | None
    """Booking day of the last debit that was not taken back."""
    bank_reference: str | None
    end_to_end_id: str | None
    last_back: str | None
    """Of what took a debit back, the newest: return or reversal."""
    return_code: str | None
    back_told_at: datetime | None
    """When the newest of these was recorded."""
    attempts_out: int
    """Attempts of which a debit was not taken back: two are a payout paid twice."""
    left_again: bool
    """What is out left after something came back, or by a further attempt."""

    @property
    def is_complete(self) -> bool:
        """All of it left, or more."""
        return self.debits > 0 and self.open_cents >= self.transfer_cents

    @property
    def is_back(self) -> bool:
        """Nothing of what left is still out."""
        return self.open_cents == 0 and self.debits + self.returns > 0


async def sum_up(tx: TenantTransaction, payout: PayoutId) -> Proved:
    """All evidence of a payout."""
    row = await tx.fetchrow(
        f"""
        WITH evidence AS (
             SELECT e.*, l.amount_cents AS ordered,
                    EXISTS (SELECT FROM payment_evidence c
                             WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id) AS is_back
               FROM payment_evidence e
               LEFT JOIN bank_run_lines l ON l.tenant_id = e.tenant_id AND l.id = e.run_line_id
              WHERE e.tenant_id = $1 AND e.payout_id = $2),
             last AS (SELECT * FROM evidence WHERE kind = 'debit' AND NOT is_back
                       ORDER BY booked_on DESC, seq DESC LIMIT 1)
        SELECT COALESCE((SELECT ordered FROM evidence WHERE ordered IS NOT NULL ORDER BY seq DESC LIMIT 1),
                        {TO_TRANSFER}) AS transfer_cents,
               COALESCE((SELECT sum(amount_cents) FROM evidence WHERE kind = 'debit' AND NOT is_back), 0)::bigint
                 AS open_cents,
               (SELECT count(*) FROM evidence WHERE kind = 'debit') AS debits,
               (SELECT count(*) FROM evidence WHERE kind = 'return') AS returns,
               (SELECT booked_on FROM last) AS sent_on, (SELECT bank_reference FROM last) AS bank_reference,
               (SELECT end_to_end_id FROM last) AS end_to_end_id,
               (SELECT kind FROM evidence WHERE kind <> 'debit' ORDER BY booked_on DESC, seq DESC LIMIT 1)
                 AS last_back,
               (SELECT reason_code FROM evidence WHERE kind = 'return' ORDER BY booked_on DESC, seq DESC LIMIT 1)
                 AS return_code,
               (SELECT max(recorded_at) FROM evidence WHERE kind <> 'debit') AS back_told_at,
               (SELECT count(DISTINCT end_to_end_id) FROM evidence WHERE kind = 'debit' AND NOT is_back)
                 AS attempts_out,
               EXISTS (SELECT FROM last)
                 AND EXISTS (SELECT FROM evidence WHERE kind <> 'debit' OR NOT is_back AND end_to_end_id <> p.number)
                 AS left_again
          FROM payouts p {DOCUMENTS}
         WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        payout,
    )
    assert row is not None, "payouts are never deleted"
    return Proved.from_row(row)


async def who_says_paid(tx: TenantTransaction, payout: Payout) -> PaidBy:
    """The tenant's choice; without books there is nobody else than the bank to say it."""
    if payout.books == NO_BOOKS:
        return PaidBy.BANK
    return PaidBy(await tx.fetchval("SELECT paid_by FROM tenants WHERE id = $1", tx.tenant.id))


class OfAccount(Frozen):
    """What the bank has shown of a partner's account."""

    paid: int
    """Payouts that left to it and did not come back."""
    refused_code: str | None
    """Of its last return, where that was about the account and nothing left to it since."""

    @property
    def is_proved(self) -> bool:
        """Paid to twice, and nothing came back because of it."""
        return self.paid >= 2 and self.refused_code is None


async def of_account(tx: TenantTransaction, bank_details: UUID) -> OfAccount:
    """What the bank has shown of this account; read from the evidence, so that nothing can drift."""
    rows = await tx.fetch(
        """
        SELECT e.payout_id, e.kind, e.reason_code, e.booked_on, e.seq,
               EXISTS (SELECT FROM payment_evidence c WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id) AS is_back
          FROM payment_evidence e JOIN bank_run_lines l ON l.tenant_id = e.tenant_id AND l.id = e.run_line_id
         WHERE e.tenant_id = $1 AND l.bank_details_id = $2 ORDER BY e.booked_on, e.seq
        """,
        tx.tenant.id,
        bank_details,
    )
    refused = None
    for row in rows:
        if row["kind"] == "return" and row["reason_code"] in OF_THE_ACCOUNT:
            refused = row["reason_code"]
        elif row["kind"] == "debit" and not row["is_back"]:
            refused = None
    paid = {row["payout_id"] for row in rows if row["kind"] == "debit" and not row["is_back"]}
    return OfAccount(paid=len(paid), refused_code=refused)
