"""Commissions as the ledger holds them: what each level earned from a sale or a month, and by which rule."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import CommissionId, CommissionState, Frozen, PartnerId, TaxCase, TransactionId


class Commission(Frozen):
    """What one level earned, with the rule that made it. A clawback is negative and names its `origin_id`.

    `earned_cents` is the whole, `net_cents` what refunds have left of it. A clawback names cause and document and keeps
    the tax case of the line that it answers; `reissued_of` is what this row stands in for. The line of a month's close
    has a month and no sale.
    """

    id: CommissionId
    seq: int
    kind: str
    transaction_id: TransactionId | None
    month: date | None
    partner_id: PartnerId
    partner_code: str
    level: int
    plan_id: UUID | None
    percent: Decimal
    fixed_cents: int
    base_cents: int
    net_cents: int
    earned_cents: int
    state: CommissionState
    provisional: bool
    service_date: date
    origin_id: CommissionId | None
    reissued_of: CommissionId | None
    cause: str | None
    cause_document: str | None
    tax_case: TaxCase | None
    calculation: dict[str, Any] | None
    """ledger.programme.calculation.Calculation, or the month's (plan_month.py); None before plans had versions."""
    created_at: datetime
    payout_number: str | None


COLUMNS = """
    c.id, c.seq, c.kind, c.transaction_id, c.month, c.calculation, c.partner_id, p.code AS partner_code, c.level,
           c.plan_id, c.percent, c.fixed_cents, c.base_cents, c.net_cents, c.earned_cents, c.state, c.provisional,
           c.service_date, c.origin_id, c.reissued_of, c.cause, c.cause_document, c.tax_case, c.created_at,
           o.number AS payout_number
"""
BESIDE = """
      JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
      LEFT JOIN payout_lines l ON l.tenant_id = c.tenant_id AND l.commission_id = c.id AND l.released_at IS NULL
      LEFT JOIN payouts o ON o.tenant_id = l.tenant_id AND o.id = l.payout_id
"""
"""Columns and joins of a query over `commissions c`."""
_COMMISSION = f"SELECT {COLUMNS} FROM commissions c {BESIDE} WHERE c.tenant_id = $1"


async def commissions_of(tx: TenantTransaction, transaction_id: TransactionId) -> list[Commission]:
    """Level by level, what was written later after it."""
    rows = await tx.fetch(
        _COMMISSION + " AND c.transaction_id = $2 ORDER BY c.level, c.seq", tx.tenant.id, transaction_id
    )
    return [Commission.from_row(row) for row in rows]


async def sale_of(tx: TenantTransaction, commission: CommissionId) -> TransactionId | None:
    """None for one that stands on no sale, or is not there."""
    found: UUID | None = await tx.fetchval(
        "SELECT transaction_id FROM commissions WHERE tenant_id = $1 AND id = $2", tx.tenant.id, commission
    )
    return None if found is None else TransactionId(found)


async def hold_commissions(tx: TenantTransaction, sales: Sequence[TransactionId]) -> None:
    """Until the end of the transaction nothing takes, pays or gives back a commission of these sales.

    The last of all locks, and taken in the order of payout_requests.hold_open_commissions. What is read before is old.
    """
    await tx.execute(
        """
        SELECT 1 FROM commissions WHERE tenant_id = $1 AND transaction_id = ANY ($2)
         ORDER BY partner_id, seq FOR UPDATE
        """,
        tx.tenant.id,
        list(sales),
    )
