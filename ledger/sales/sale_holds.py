"""What holds a sale. While a row is open, what the sale earns is not paid. Several may be open, one of each kind.

PostgreSQL keeps their codes on the sale (`open_holds`), for lists and for what is due.
"""

from collections.abc import Collection
from enum import StrEnum

from ledger.database import TenantTransaction
from ledger.types import TransactionId


class SaleHold(StrEnum):
    """The kinds of hold; the value is the code that is stored and rendered."""

    OWN_PURCHASE = "own_purchase"
    """The customer has the mail address of the partner (rules.md, The connection)."""
    TOLD_TWICE = "told_twice"
    """Another sale may be the same purchase (ledger/booking/sales_told_twice.py)."""
    DISPUTE = "dispute"
    INVOICE_VOIDED = "invoice_voided"
    """Another invoice may still take its place: ledger/booking/replacement.py ends it, no person."""
    AS_IT_WAS_WRITTEN = "as_it_was_written"
    """Of before holds had codes, in words that nobody knows any more: `text`."""


HELD_FOR_A_PERSON = frozenset(SaleHold) - {SaleHold.INVOICE_VOIDED}

SHOWN = """
    CASE WHEN t.open_holds IS NULL THEN '[]' ELSE (
         SELECT jsonb_agg(to_jsonb(h) ORDER BY h.since, h.code)
           FROM (SELECT code, params, since, set_by FROM sale_holds
                  WHERE tenant_id = t.tenant_id AND transaction_id = t.id AND released_at IS NULL) h) END AS holds
"""
"""A column of a query over `transactions t`: the open holds, oldest first (ledger.reasons.Hold)."""


async def hold(tx: TenantTransaction, sale: TransactionId, code: SaleHold) -> None:
    """Nothing new where it is held for that already."""
    await tx.execute(
        """
        INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, transaction_id, code) WHERE released_at IS NULL DO NOTHING
        """,
        tx.tenant.id,
        sale,
        code,
    )


async def release(
    tx: TenantTransaction, sale: TransactionId, codes: Collection[SaleHold], *, by: str | None = None
) -> None:
    """Whatever of these holds it. `by`: a person or key, where it is not what the transaction names as its cause."""
    await tx.execute(
        """
        UPDATE sale_holds SET released_at = now(), released_by = COALESCE($4, who_acts())
         WHERE tenant_id = $1 AND transaction_id = $2 AND code = ANY ($3) AND released_at IS NULL
        """,
        tx.tenant.id,
        sale,
        list(codes),
        by,
    )
