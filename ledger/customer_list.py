"""Customers as a list: newest first, or those whose name or mail address begins with a word."""

from ledger.customers import Customer
from ledger.database import Connection
from ledger.keyset import Conditions
from ledger.types import PartnerId, Tenant

_LAST = "\U0010ffff"


async def page(
    db: Connection,
    tenant: Tenant,
    *,
    partner_id: PartnerId | None = None,
    name: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[Customer], int | None]:
    """The second value is after which number the next page begins. A search by name shows its first page only."""
    where = Conditions(tenant.id, limit + 1)
    if partner_id:
        where.require("c.assigned_partner_id = {}", partner_id)
    if after is not None:
        where.require("c.seq < {}", after)
    chosen = f"SELECT c.* FROM customers c WHERE c.tenant_id = $1 {where} ORDER BY c.seq DESC LIMIT $2"
    if name:
        word, end = where.parameter(name.lower()), where.parameter(name.lower() + _LAST)
        chosen = f"""
            (SELECT c.* FROM customers c
              WHERE c.tenant_id = $1 AND c.email_sought >= {word} AND c.email_sought < {end} {where}
              ORDER BY c.email_sought LIMIT $2)
            UNION
            (SELECT c.* FROM customers c
              WHERE c.tenant_id = $1 AND c.name_sought >= {word} AND c.name_sought < {end} {where}
              ORDER BY c.name_sought LIMIT $2)
        """
    rows = await db.fetch(
        f"""
        SELECT c.id, c.seq, c.external_id, c.email, c.name, c.lexoffice_contact_id, c.assigned_partner_id,
               p.code AS assigned_partner_code, c.created_at
          FROM ({chosen}) c
          LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
         ORDER BY c.seq DESC LIMIT $2
        """,
        *where.parameters,
    )
    found = [Customer.model_validate(dict(row)) for row in rows[:limit]]
    return found, found[-1].seq if len(rows) > limit and not name else None
