"""Books of any size, written by the thousand: partners who may be paid, and sales that have been paid."""

from ledger.database import Connection, Ledger
from ledger.types import Tenant

_PARTNERS_AT_ONCE = 1_000


async def add_partners(ledger: Ledger, tenant: Tenant, count: int, *, sales_each: int) -> None:
    """Partners without sponsors, each with as many approved sales of 10 € commission, dated this month and paid."""
    for first in range(1, count + 1, _PARTNERS_AT_ONCE):
        async with ledger.transaction(tenant, cause="bench") as db:
            await _some(db, tenant, first, min(first + _PARTNERS_AT_ONCE - 1, count), sales_each)


async def _some(db: Connection, tenant: Tenant, first: int, last: int, sales_each: int) -> None:
    await db.execute(
        """
        INSERT INTO partners (tenant_id, code, name, street, zip, city, country_code, agreement_accepted_at,
                              agreement_version)
        SELECT $1, 'P' || n, 'Partner ' || n, 'Lindenweg 5', '10115', 'Berlin', 'DE', '2026-01-02', '2026-01'
          FROM generate_series($2::int, $3::int) n
        """,
        tenant.id,
        first,
        last,
    )
    await db.execute(
        """
        INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, vat_id)
        SELECT tenant_id, id, 'regular', '2020-01-01', 'DE987654321' FROM partners
         WHERE tenant_id = $1 AND code LIKE 'P%' AND substr(code, 2)::int BETWEEN $2 AND $3
        """,
        tenant.id,
        first,
        last,
    )
    await db.execute(
        """
        WITH sold AS (
            INSERT INTO transactions (tenant_id, source, state, partner_id, campaign_id, plan_id, base_cents, tax_cents,
                                      gross_cents, provisional, paid_cents, sold_at, paid_at)
            SELECT $1, 'api', 'pending', p.id, l.campaign_id, l.id, 10000, 1900, 11900, false, 11900,
                   now() - interval '2 days', now() - interval '1 day'
              FROM partners p
             CROSS JOIN generate_series(1, $4::int)
             CROSS JOIN (SELECT id, campaign_id FROM plans WHERE tenant_id = $1 LIMIT 1) l
             WHERE p.tenant_id = $1 AND p.code LIKE 'P%' AND substr(p.code, 2)::int BETWEEN $2 AND $3
            RETURNING id, partner_id, plan_id)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, plan_id, percent, base_cents, net_cents,
                                 state, provisional, service_date)
        SELECT $1, id, partner_id, 1, plan_id, 10, 10000, 1000, 'approved', false, current_date - 2 FROM sold
        """,
        tenant.id,
        first,
        last,
        sales_each,
    )
    await db.execute(
        """
        UPDATE transactions SET state = 'approved'
         WHERE tenant_id = $1 AND state = 'pending' AND partner_id IN (
               SELECT id FROM partners WHERE tenant_id = $1 AND code LIKE 'P%'
                  AND substr(code, 2)::int BETWEEN $2 AND $3)
        """,
        tenant.id,
        first,
        last,
    )
