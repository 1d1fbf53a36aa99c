"""The replacement window of a voided invoice: lexoffice's own way to correct an invoice is to void and rewrite it.

Its commissions are blocked at once, and reversed when no other invoice with the same order reference has come in time
(rules.md, What a fetched document means). The document's workflow waits; a sweep ends what it forgot.
"""

from datetime import datetime, timedelta
from uuid import UUID

from ledger.booking.outcome import Outcome, read_state, settled
from ledger.database import TenantTransaction
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.sales import refunds, sale_holds, transactions
from ledger.sales.sale_holds import SaleHold
from ledger.sales.transactions import Transaction
from ledger.types import Frozen, TransactionId, TransactionState

VOIDED = Reason.of("invoice_was_voided")

FORGOTTEN_AFTER = timedelta(hours=1)
"""The workflow that waits is late by then, or gone: the sweep ends the window."""


class Window(Frozen):
    """How a window stands: `wait_seconds` until its end, or what its end did; neither where there is none."""

    wait_seconds: float = 0.0
    outcome: Outcome | None = None


async def begin_or_wait(tx: TenantTransaction, sale: Transaction) -> bool:
    """Hold the sale for the tenant's window. False when there is none, or it is over: then it is to be refunded."""
    if sale.state is TransactionState.REFUNDED:
        return False
    until: datetime | None = sale.replacement_until
    if until is None:
        until = await tx.fetchval(
            """
            UPDATE transactions t SET replacement_until = now() + m.replacement_window
              FROM tenants m
             WHERE t.tenant_id = $1 AND t.id = $2 AND m.id = t.tenant_id AND m.replacement_window > interval '0'
            RETURNING t.replacement_until
            """,
            tx.tenant.id,
            sale.id,
        )
        if until is not None:
            await sale_holds.hold(tx, sale.id, SaleHold.INVOICE_VOIDED)
    return until is not None and until > await _now(tx)


async def end(tx: TenantTransaction, sale: Transaction) -> None:
    """Another invoice has come, or none in time."""
    await tx.execute(
        """
        UPDATE transactions SET replacement_until = NULL
         WHERE tenant_id = $1 AND id = $2 AND replacement_until IS NOT NULL
        """,
        tx.tenant.id,
        sale.id,
    )
    await sale_holds.release(tx, sale.id, [SaleHold.INVOICE_VOIDED])


async def judge_window(tx: TenantTransaction, resource_id: UUID) -> Window:
    """The voided invoice's time may be over: then its sale is refunded."""
    row = await tx.fetchrow(
        """
        SELECT transaction_id, voucher_number FROM external_documents
         WHERE tenant_id = $1 AND provider = $3 AND resource_id = $2 AND transaction_id IS NOT NULL
        """,
        tx.tenant.id,
        resource_id,
        provider_of(resource_id),
    )
    if row is None:
        return Window()
    sale = await transactions.lock(tx, TransactionId(row["transaction_id"]))
    if sale.replacement_until is None:
        return Window()
    left = (sale.replacement_until - await _now(tx)).total_seconds()
    if left > 0:
        return Window(wait_seconds=left)
    before = await read_state(tx, sale.id)
    await end(tx, sale)
    await refunds.note_cause(tx, sale.id, cause=refunds.INVOICE_VOIDED, document=row["voucher_number"])
    await refunds.follow_invoice(tx, sale.id, TransactionState.REFUNDED, VOIDED)
    return Window(outcome=await settled(tx, before, sale.id))


async def seconds_left(tx: TenantTransaction, outcome: Outcome) -> float:
    """How long the sale of this outcome still waits for another invoice; 0 where it does not."""
    if outcome.replacement_until is None:
        return 0.0
    # An end that has just passed is looked at once more.
    return max((outcome.replacement_until - await _now(tx)).total_seconds(), 0.1)


async def forgotten(tx: TenantTransaction) -> list[UUID]:
    """Voided invoices whose window is long over and was never ended."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (t.id) d.resource_id FROM transactions t
          JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.status = 'voided'
         WHERE t.tenant_id = $1 AND t.replacement_until < now() - $2::interval
         ORDER BY t.id LIMIT 500
        """,
        tx.tenant.id,
        FORGOTTEN_AFTER,
    )
    return [row["resource_id"] for row in rows]


async def _now(tx: TenantTransaction) -> datetime:
    now: datetime = await tx.fetchval("SELECT now()")
    return now
