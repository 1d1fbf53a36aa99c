"""The references by which payment provider, shop, invoice and ledger speak of the same sale: rows, any of which finds
it.

A kind says who calls it so: `payment_intent`, `checkout_session`, `provider_invoice`, `invoice_payment` and `charge` of
the payment provider, `order` of the shop, `sale` for the id of a sale that turned out to be this one. Each is one
sale's.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import Frozen, TransactionId

_SECONDS = 30.0
"""For what waits until everybody who judges a sale of the tenant is done."""
ORDER = "order"
SALE = "sale"


class Paid(Frozen):
    """What a report says was paid, tax included, in the smallest unit of its currency."""

    currency: str
    units: int
    tax_units: int | None = None
    """None where the provider has no tax data."""


class Reference(Frozen):
    """What somebody calls a sale, and who that is."""

    kind: str
    reference: str


async def hold_references(tx: TenantTransaction, references: Iterable[str]) -> None:
    """Whoever judges something that names one of these references waits until we are done.

    No row can be locked for a sale that is not there yet. All at once and sorted, so that two of us cannot wait for
    each other: who needs more later begins anew.
    """
    await tx.execute(
        """
        SELECT pg_advisory_xact_lock_shared(hashtextextended('sale:' || $1::text, 0))
        UNION ALL
        SELECT pg_advisory_xact_lock(hashtextextended('sale:' || $1::text || ':' || reference, 0))
          FROM unnest($2::text[]) AS reference
        """,
        str(tx.tenant.id),
        sorted(set(references)),
    )


async def hold_all(tx: TenantTransaction) -> None:
    """Whoever judges something that names any sale of the tenant waits until we are done, in place of a lock for each
    of very many."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('sale:' || $1::text, 0))", str(tx.tenant.id), timeout=_SECONDS
    )


async def sales_with_reference(tx: TenantTransaction, references: Iterable[str]) -> list[TransactionId]:
    """Sales that anybody calls by one of these, the first one first; our own ids count as well."""
    wanted = list(references)
    rows = await tx.fetch(
        """
        SELECT id FROM transactions
         WHERE tenant_id = $1
           AND id IN (SELECT unnest($3::uuid[])
                      UNION SELECT transaction_id FROM sale_references WHERE tenant_id = $1 AND reference = ANY ($2))
         ORDER BY seq
        """,
        tx.tenant.id,
        wanted,
        [own for reference in wanted if (own := _as_uuid(reference))],
    )
    return [TransactionId(row["id"]) for row in rows]


async def name(
    tx: TenantTransaction, sale: TransactionId, references: Iterable[Reference], paid: Paid | None = None
) -> None:
    """Keep what the sale is called; `paid` is told by the first of them. What is another sale's already stays that
    one's.
    """
    named = list(dict.fromkeys(references))
    await tx.execute(
        """
        INSERT INTO sale_references AS r (tenant_id, kind, reference, transaction_id, currency, paid_units, tax_units)
        SELECT $1, kind, reference, $2, CASE WHEN position = 1 THEN $5 END, CASE WHEN position = 1 THEN $6::bigint END,
               CASE WHEN position = 1 THEN $7::bigint END
          FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS n (kind, reference, position)
        ON CONFLICT (tenant_id, kind, reference) DO UPDATE
           SET currency = EXCLUDED.currency, paid_units = EXCLUDED.paid_units,
               tax_units = COALESCE(EXCLUDED.tax_units,
                                    CASE WHEN r.tax_units <= EXCLUDED.paid_units THEN r.tax_units END)
         WHERE r.transaction_id = EXCLUDED.transaction_id AND EXCLUDED.paid_units IS NOT NULL
        """,
        tx.tenant.id,
        sale,
        [one.kind for one in named],
        [one.reference for one in named],
        paid and paid.currency,
        paid and paid.units,
        paid and paid.tax_units,
    )


async def known(tx: TenantTransaction, references: Sequence[Reference]) -> dict[Reference, TransactionId]:
    """Those of them that are some sale's, and whose."""
    rows = await tx.fetch(
        """
        SELECT r.kind, r.reference, r.transaction_id FROM sale_references r
          JOIN unnest($2::text[], $3::text[]) AS w (kind, reference) ON w.kind = r.kind AND w.reference = r.reference
         WHERE r.tenant_id = $1
        """,
        tx.tenant.id,
        [one.kind for one in references],
        [one.reference for one in references],
    )
    return {
        Reference(kind=row["kind"], reference=row["reference"]): TransactionId(row["transaction_id"]) for row in rows
    }


async def hand_over(tx: TenantTransaction, sale: TransactionId, *, to: TransactionId) -> None:
    """Whatever finds the one finds the other from now on."""
    await tx.execute(
        "UPDATE sale_references SET transaction_id = $3 WHERE tenant_id = $1 AND transaction_id = $2",
        tx.tenant.id,
        sale,
        to,
    )


async def of_sale(tx: TenantTransaction, sale: TransactionId) -> list[Reference]:
    """All that it is called, the first one first."""
    rows = await tx.fetch(
        """
        SELECT kind, reference FROM sale_references WHERE tenant_id = $1 AND transaction_id = $2
         ORDER BY recorded_at, kind, reference
        """,
        tx.tenant.id,
        sale,
    )
    return [Reference(kind=row["kind"], reference=row["reference"]) for row in rows]


async def has_partner(tx: TenantTransaction, references: Iterable[str]) -> bool:
    """Whether a sale with one of these references already knows who brought it."""
    found: Sequence[TransactionId] = await sales_with_reference(tx, references)
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
