"""Customers as a list: newest first, or those in whose name, mail address or id given words stand."""

from ledger.customers import Customer
from ledger.database import Connection
from ledger.keyset import Conditions
from ledger.search_terms import named
from ledger.types import PartnerId, Tenant


async def page(
    db: Connection,
    tenant: Tenant,
    *,
    partner_id: PartnerId | None = None,
    name: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[Customer], int | None]:
    """The second value is after which number the next page begins."""
    where = Conditions(tenant.id, limit + 1)
    if partner_id:
        where.require("c.assigned_partner_id = {}", partner_id)
    if after is not None:
        where.require("c.seq < {}", after)
    if name:
        named(where, "c.sought", name)
    rows = await db.fetch(
        f"""
        SELECT c.id, c.seq, c.external_id, c.email, c.name, c.lexoffice_contact_id, c.assigned_partner_id,
               p.code AS assigned_partner_code, c.created_at
          FROM (SELECT * FROM customers c WHERE c.tenant_id = $1 {where} ORDER BY c.seq DESC LIMIT $2) c
          LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
         ORDER BY c.seq DESC
        """,
        *where.parameters,
    )
    found = [Customer.model_validate(dict(row)) for row in rows[:limit]]
    return found, found[-1].seq if len(rows) > limit else None
