"""The references by which payment provider, invoice and ledger speak of the same sale."""

from collections.abc import Iterable
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import TransactionId


async def hold_references(tx: TenantTransaction, references: Iterable[str]) -> None:
    """Whoever judges something that names one of these references waits until we are done.

    No row can be locked for a sale that is not there yet, and its references stand in several columns, so that no
    unique index would stop two sessions from booking it twice. Sorted, so that two of us cannot wait for each other.
    """
    await tx.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended('sale:' || $1::text || ':' || reference, 0))
          FROM unnest($2::text[]) AS reference
        """,
        str(tx.tenant.id),
        sorted(set(references)),
    )


async def sales_with_reference(tx: TenantTransaction, references: Iterable[str]) -> list[TransactionId]:
    """Sales that have one of these as payment intent, checkout session, order reference or as our own id."""
    wanted = list(references)
    rows = await tx.fetch(
        """
        SELECT id FROM transactions
         WHERE tenant_id = $1 AND (payment_intent = ANY ($2) OR checkout_session = ANY ($2)
                                   OR provider_invoice = ANY ($2) OR order_reference = ANY ($2) OR id = ANY ($3))
         ORDER BY seq
        """,
        tx.tenant.id,
        wanted,
        [own for reference in wanted if (own := _as_uuid(reference))],
    )
    return [TransactionId(row["id"]) for row in rows]


async def a_sale_has_partner(tx: TenantTransaction, references: Iterable[str]) -> bool:
    """Whether a sale with one of these references already knows who brought it."""
    found = await sales_with_reference(tx, references)
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM transactions
                            WHERE tenant_id = $1 AND id = ANY ($2) AND partner_id IS NOT NULL)
            """,
            tx.tenant.id,
            found,
        )
    )


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
