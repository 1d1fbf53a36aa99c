"""Customers: who bought, under the names that shop, payment provider and lexoffice know them by."""

from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import Field

from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.mail_addresses import MailAddress
from ledger.plain_text import PrintedName
from ledger.programme import partners
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound, require_reason
from ledger.search_terms import named
from ledger.types import CustomerId, Frozen, PartnerId, Submitted

LONGEST_ID, LONGEST_NAME = 200, 300


class Customer(Frozen):
    """A customer, under every name that is known. `assigned_partner_id` gets what it buys."""

    id: CustomerId
    seq: int
    external_id: str | None
    email: str | None
    name: str | None
    lexoffice_contact_id: UUID | None
    assigned_partner_id: PartnerId | None
    assigned_partner_code: str | None
    created_at: datetime


class CustomerNames(Frozen):
    """What a sale or an invoice says about its customer; the earlier member is the surer one."""

    external_id: str | None = Field(default=None, max_length=LONGEST_ID)
    lexoffice_contact_id: UUID | None = None
    email: str | None = Field(default=None, max_length=320)
    name: str | None = Field(default=None, max_length=LONGEST_NAME)

    @property
    def identify(self) -> bool:
        """Whether they suffice to find a customer again: the name alone does not."""
        return bool(self.external_id or self.lexoffice_contact_id or self.email)


class NewCustomer(CustomerNames, Submitted):
    """A customer as somebody enters it."""

    email: MailAddress | None = Field(default=None, max_length=320)
    name: PrintedName | None = Field(default=None, max_length=300)
    assigned_partner_code: str | None = None


CUSTOMER = """
    SELECT c.id, c.seq, c.external_id, c.email, c.name, c.lexoffice_contact_id, c.assigned_partner_id,
           p.code AS assigned_partner_code, c.created_at
      FROM customers c LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
     WHERE c.tenant_id = $1
"""
"""Of one tenant; what follows narrows it."""


def keys(names: CustomerNames, subscription: str | None = None) -> list[str]:
    """What to hold (references.hold_references) so that two payments of one customer are judged after each other."""
    told = {
        "subscription": subscription,
        "customer": names.external_id,
        "contact": names.lexoffice_contact_id,
        "mail": names.email and names.email.lower(),
    }
    return [f"{kind}:{value}" for kind, value in told.items() if value]


async def keys_of_payer(tx: TenantTransaction, subscription: str | None, customer_id: CustomerId | None) -> list[str]:
    """As `keys`, of a payment that is there already."""
    customer = await get(tx, customer_id) if customer_id else None
    names = CustomerNames() if customer is None else CustomerNames.model_validate(customer, from_attributes=True)
    return keys(names, subscription)


async def create(tx: TenantTransaction, new: NewCustomer, *, by: str) -> Customer:
    """A new customer. Raises AlreadyExists (external id, contact or mail) and NotAcceptable (unknown partner)."""
    customer_id = await _insert(tx, new, await _assigned(tx, new.assigned_partner_code))
    if customer_id is None:
        raise AlreadyExists("customer_known")
    await audit.record(
        tx,
        actor=by,
        action="customer.created",
        subject="customer",
        subject_id=str(customer_id),
        detail=audit.apart(new.model_dump(mode="json", exclude_none=True)),
    )
    return await get(tx, customer_id)


async def assign_partner(
    tx: TenantTransaction, customer_id: CustomerId, partner_code: str | None, *, by: str, reason: str
) -> Customer:
    """Whose customer it is from now on; None: nobody's. Raises NotFound and NotAcceptable (no reason, unknown partner).

    Who gets the commissions to come is decided here, so it takes a reason like every such act.
    """
    reason = reason.strip()
    require_reason(reason)
    await hands.hold_tenant(tx)
    before = await get(tx, customer_id)
    await tx.execute(
        "UPDATE customers SET assigned_partner_id = $3, assigned_at = now() WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        customer_id,
        await _assigned(tx, partner_code),
    )
    after = await get(tx, customer_id)
    await audit.record(
        tx,
        actor=by,
        action="customer.assigned",
        subject="customer",
        subject_id=str(customer_id),
        detail={"partner": [before.assigned_partner_code, after.assigned_partner_code], "reason": reason},
    )
    return after


async def lock(tx: TenantTransaction, customer_id: CustomerId) -> None:
    """Hold the customer's row until the transaction ends: nobody else changes it."""
    await tx.execute(
        "SELECT 1 FROM customers WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tx.tenant.id, customer_id
    )


async def correct(tx: TenantTransaction, customer_id: CustomerId, names: CustomerNames, *, by: str) -> Customer:
    """The customer under the names that are told; what is not told stays. Raises NotFound, AlreadyExists."""
    told = names.model_dump(exclude_none=True)
    await tx.execute(
        """
        UPDATE customers SET external_id = COALESCE($3, external_id), email = COALESCE($4, email),
               name = COALESCE($5, name), lexoffice_contact_id = COALESCE($6, lexoffice_contact_id)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        customer_id,
        names.external_id,
        names.email,
        names.name,
        names.lexoffice_contact_id,
    )
    after = await get(tx, customer_id)
    await audit.record(
        tx,
        actor=by,
        action="customer.corrected",
        subject="customer",
        subject_id=str(customer_id),
        detail=audit.apart({name: str(value) for name, value in told.items()}),
    )
    return after


async def get(tx: TenantTransaction, customer_id: CustomerId) -> Customer:
    """A customer. Raises NotFound."""
    row = await tx.fetchrow(CUSTOMER + " AND c.id = $2", tx.tenant.id, customer_id)
    if row is None:
        raise NotFound("customer_not_found")
    return Customer.from_row(row)


async def find_by_names(tx: TenantTransaction, names: CustomerNames) -> Customer | None:
    """By external id, else by lexoffice contact, else by mail address (design.md: contact id, then mail)."""
    row = await tx.fetchrow(
        CUSTOMER
        + """
          AND (c.external_id = $2 OR c.lexoffice_contact_id = $3 OR lower(c.email) = lower($4))
        ORDER BY c.external_id IS NOT DISTINCT FROM $2 AND $2 IS NOT NULL DESC,
                 c.lexoffice_contact_id IS NOT DISTINCT FROM $3 AND $3 IS NOT NULL DESC
        LIMIT 1
        """,
        tx.tenant.id,
        names.external_id,
        names.lexoffice_contact_id,
        names.email,
    )
    return None if row is None else Customer.from_row(row)


class CustomerFilter(Frozen):
    """Which customers are wanted; None: all. The words of `name` stand in name, mail address or id."""

    partner_id: PartnerId | None = None
    """Whose customers they are."""
    name: str | None = None
    updated_since: datetime | None = None


_ALL = CustomerFilter()


async def list_customers(
    tx: TenantTransaction, wanted: CustomerFilter = _ALL, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Customer], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    if wanted.partner_id:
        where.require("c.assigned_partner_id = {}", wanted.partner_id)
    if wanted.name:
        named(where, "c.sought", wanted.name)
    changed_since(where, "c", wanted.updated_since)
    RECORDED.begin(where, "c", after)
    rows = await tx.fetch(f"{CUSTOMER} {where} ORDER BY {RECORDED.by('c')} LIMIT $2", *where.parameters)
    return RECORDED.cut([Customer.from_row(row) for row in rows], limit)


async def remember(tx: TenantTransaction, names: CustomerNames) -> Customer | None:
    """Find the customer of a sale or make one; what was not known of it is filled in, nothing known is changed."""
    if not names.identify:
        return None
    known = await find_by_names(tx, names)
    if known is None:
        await _insert(tx, names, None)
        # Not inserted: another session was first, and its row is committed now.
        known = await find_by_names(tx, names)
        assert known is not None
    lacking = [
        field
        for field in ("external_id", "email", "name", "lexoffice_contact_id")
        if getattr(known, field) is None and getattr(names, field) is not None
    ]
    if not lacking:
        return known
    try:
        async with tx.savepoint():
            await tx.execute(
                """
                UPDATE customers SET external_id = COALESCE(external_id, $3), email = COALESCE(email, $4),
                       name = COALESCE(name, $5), lexoffice_contact_id = COALESCE(lexoffice_contact_id, $6)
                 WHERE tenant_id = $1 AND id = $2
                """,
                tx.tenant.id,
                known.id,
                names.external_id,
                names.email,
                names.name,
                names.lexoffice_contact_id,
            )
    except asyncpg.UniqueViolationError:
        pass  # One of the names is another customer's already: two records that only a person may join.
    return await get(tx, known.id)


async def _insert(tx: TenantTransaction, names: CustomerNames, assigned: PartnerId | None) -> CustomerId | None:
    inserted = await tx.fetchval(
        """
        INSERT INTO customers (tenant_id, external_id, email, name, lexoffice_contact_id, assigned_partner_id,
                               assigned_at)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6::uuid IS NOT NULL THEN now() END)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        names.external_id,
        names.email,
        names.name,
        names.lexoffice_contact_id,
        assigned,
    )
    return None if inserted is None else CustomerId(inserted)


async def _assigned(tx: TenantTransaction, code: str | None) -> PartnerId | None:
    if code is None:
        return None
    partner = await partners.find_by_code(tx, code)
    if partner is None:
        raise NotAcceptable("unknown_partner")
    return partner.id
