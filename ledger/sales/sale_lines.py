"""What a sale consists of, as its sources tell it: lines under the reference that told them, and going with it."""

from collections.abc import Sequence

from ledger.database import TenantTransaction
from ledger.programme.product_rates import SoldLine, SoldLines
from ledger.sales.references import Reference
from ledger.types import TransactionId


async def keep(tx: TenantTransaction, told_by: Reference, lines: Sequence[SoldLine]) -> bool:
    """Keep what this reference's own report says was sold; the first time counts. True: it is news."""
    news = await tx.fetchval(
        """
        WITH told AS (
             INSERT INTO sale_lines (tenant_id, kind, reference, position, products, category, units)
             SELECT $1, $2, $3, l.position, ARRAY (SELECT jsonb_array_elements_text(l.line -> 'products')),
                    l.line ->> 'category', (l.line ->> 'units')::bigint
               FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS l (line, position)
              WHERE NOT EXISTS (SELECT 1 FROM sale_lines
                                 WHERE tenant_id = $1 AND kind = $2 AND reference = $3)
             RETURNING 1)
        SELECT EXISTS (SELECT 1 FROM told)
        """,
        tx.tenant.id,
        told_by.kind,
        told_by.reference,
        [line.model_dump(mode="json") for line in lines],
    )
    return bool(news)


async def of_sale(tx: TenantTransaction, sale: TransactionId) -> SoldLines:
    """Of several kinds of reports that say what was sold the one that names most; all reports of one kind are parts."""
    rows = await tx.fetch(
        """
        WITH told AS (
             SELECT r.kind, sum(COALESCE(r.paid_units, 0))::bigint AS paid,
                    sum((SELECT sum(l.units) FROM sale_lines l
                          WHERE l.tenant_id = r.tenant_id AND l.kind = r.kind AND l.reference = r.reference))::bigint
                        AS units
               FROM sale_references r WHERE r.tenant_id = $1 AND r.transaction_id = $2 GROUP BY r.kind)
        SELECT l.products, l.category, l.units, greatest(t.paid, t.units) AS whole
          FROM (SELECT * FROM told WHERE units IS NOT NULL ORDER BY units DESC, kind LIMIT 1) t
          JOIN sale_references r ON r.tenant_id = $1 AND r.transaction_id = $2 AND r.kind = t.kind
          JOIN sale_lines l ON l.tenant_id = r.tenant_id AND l.kind = r.kind AND l.reference = r.reference
         ORDER BY r.recorded_at, l.reference, l.position
        """,
        tx.tenant.id,
        sale,
    )
    return SoldLines(
        lines=tuple(SoldLine(products=row["products"], category=row["category"], units=row["units"]) for row in rows),
        whole_units=rows[0]["whole"] if rows else 0,
    )
