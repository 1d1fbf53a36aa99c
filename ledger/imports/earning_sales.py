"""Sales that earn here, from a file: what telling each of them would do. They are told one by one, as by the API."""

import asyncio
from collections.abc import Sequence

from ledger.database import TenantTransaction
from ledger.imports.balance_rows import partner_ids
from ledger.imports.judging import Difference, Judged, Judgement, outcome
from ledger.imports.rows import Row, RowProblem
from ledger.imports.sale_rows import sales_of
from ledger.imports.standing_partners import SECONDS
from ledger.sales.told_sales import NewSale
from ledger.types import API


async def judge(tx: TenantTransaction, rows: Sequence[Row]) -> Judgement:
    """What these rows would do. An amount that differs from what was told before is a question to a person."""
    sales, problems = await asyncio.to_thread(sales_of, rows)
    partners = await partner_ids(tx, {sale.partner_code for _, sale in sales if sale.partner_code})
    slugs = {row["slug"] for row in await tx.fetch("SELECT slug FROM campaigns WHERE tenant_id = $1", tx.tenant.id)}
    known = await _known(tx, [sale.external_id for _, sale in sales])
    judged = []
    for line, sale in sales:
        wrong = None
        if sale.partner_code and sale.partner_code not in partners:
            wrong = RowProblem(line=line, column="partner_code", code="unknown_partner")
        elif sale.campaign_slug and sale.campaign_slug not in slugs:
            wrong = RowProblem(line=line, column="campaign_slug", code="unknown_campaign")
        elif sale.currency != "EUR" and sale.exchange_rate is None:
            wrong = RowProblem(line=line, column="exchange_rate", code="exchange_rate_missing")
        if wrong is not None:
            problems.append(wrong)
            continue
        judged.append(_judged(line, sale, known.get(sale.external_id)))
    return Judgement(judged, problems)


def _judged(line: int, sale: NewSale, told_before: int | None) -> Judged:
    is_known = told_before is not None
    differences = (
        (Difference(column="gross_cents", before=told_before, after=sale.gross_cents),)
        if is_known and told_before != sale.gross_cents
        else ()
    )
    return Judged(line, sale.external_id, outcome(is_known=is_known, differences=differences), differences, sale)


async def _known(tx: TenantTransaction, ids: Sequence[str]) -> dict[str, int]:
    """Gross of those that were told before, in the unit of their currency."""
    rows = await tx.fetch(
        """
        SELECT r.reference, COALESCE(r.paid_units, t.gross_cents) AS gross FROM sale_references r
          JOIN transactions t ON t.tenant_id = r.tenant_id AND t.id = r.transaction_id
         WHERE r.tenant_id = $1 AND r.kind = $2 AND r.reference = ANY ($3)
        """,
        tx.tenant.id,
        API,
        ids,
        timeout=SECONDS,
    )
    return {row["reference"]: row["gross"] for row in rows}
