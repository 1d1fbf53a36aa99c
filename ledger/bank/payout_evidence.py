"""What the bank has told of one payout, row by row, and who brought it."""

from datetime import date
from typing import Literal
from uuid import UUID

from ledger.bank import return_reasons
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import Frozen, PayoutId


class Evidence(Frozen):
    """A booking's proof: money that left, or came back. Cents."""

    entry_id: UUID
    kind: Literal["debit", "return", "reversal"]
    end_to_end_id: str
    amount_cents: int
    booked_on: date
    bank_reference: str | None
    reason_code: str | None
    assigned_by: str | None
    """A person who said so, where the file of the bank did not."""
    brought_by: str
    """Who brought the statement."""
    is_back: bool
    """A debit that was taken back."""

    @property
    def why_back(self) -> Reason | None:
        """The bank's reason of a return."""
        return return_reasons.in_words(self.reason_code) if self.kind == "return" else None


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> list[Evidence]:
    """In the order in which the bank booked it."""
    rows = await tx.fetch(
        """
        SELECT e.entry_id, e.kind, e.end_to_end_id, e.amount_cents, e.booked_on, e.bank_reference, e.reason_code,
               e.assigned_by, f.brought_by,
               EXISTS (SELECT FROM payment_evidence c WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id) AS is_back
          FROM payment_evidence e
          JOIN bank_entries b ON b.tenant_id = e.tenant_id AND b.id = e.entry_id
          JOIN bank_statements s ON s.tenant_id = b.tenant_id AND s.id = COALESCE(b.booked_by, b.statement_id)
          JOIN statement_files f ON f.tenant_id = s.tenant_id AND f.id = s.file_id
         WHERE e.tenant_id = $1 AND e.payout_id = $2 ORDER BY e.booked_on, e.seq
        """,
        tx.tenant.id,
        payout,
    )
    return [Evidence.from_row(row) for row in rows]


async def list_makers(tx: TenantTransaction, payout: PayoutId) -> list[str]:
    """Whose hands are in what the bank told: who brought the statements, and who assigned what they do not say."""
    found = await of_payout(tx, payout)
    return sorted({one.brought_by for one in found} | {one.assigned_by for one in found if one.assigned_by})
