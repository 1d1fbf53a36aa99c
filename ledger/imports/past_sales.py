"""Sales of before, from a file: their commissions were settled where they come from.

They earn nothing here, ever (trigger nothing_is_earned_twice). Later payments are judged by them: whose customer or
subscription it is, and which payment of it comes next. Tiers of a month are counted by what earned here.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.imports.balance_rows import partner_ids
from ledger.imports.judging import Difference, Judged, Judgement, outcome
from ledger.imports.rows import Row, RowProblem
from ledger.imports.sale_rows import sales_of
from ledger.imports.standing_partners import SECONDS
from ledger.payouts import rechecks
from ledger.sales.told_sales import NewSale
from ledger.types import API, TransactionId

_AT_ONCE = 2_000
_COMPARED = ("gross_cents", "tax_cents", "sold_at", "partner_code", "campaign_slug", "order_reference", "subscription")


class PastSale(NamedTuple):
    """A sale of before, and the row that it is here, if it is there."""

    told: NewSale
    known: TransactionId | None


class _Known(NamedTuple):
    id: TransactionId
    import_id: UUID | None
    values: dict[str, Any]


async def judge(tx: TenantTransaction, rows: Sequence[Row]) -> Judgement:
    """What these rows would do. Locks nothing."""
    sales, problems = await asyncio.to_thread(sales_of, rows)
    partners = await partner_ids(tx, {sale.partner_code for _, sale in sales if sale.partner_code})
    slugs = {row["slug"] for row in await tx.fetch("SELECT slug FROM campaigns WHERE tenant_id = $1", tx.tenant.id)}
    known = await _known(tx, [sale.external_id for _, sale in sales])
    orders = await _orders(tx, [sale.order_reference for _, sale in sales if sale.order_reference])
    judged: list[Judged] = []
    told_orders: dict[str, int] = {}
    for line, sale in sales:
        there = known.get(sale.external_id)
        order = sale.order_reference
        wrong: tuple[str, str, dict[str, Any]] | None = None
        if sale.currency != "EUR":
            wrong = ("currency", "past_sale_in_euros", {})
        elif sale.partner_code and sale.partner_code not in partners:
            wrong = ("partner_code", "unknown_partner", {})
        elif sale.campaign_slug and sale.campaign_slug not in slugs:
            wrong = ("campaign_slug", "unknown_campaign", {})
        elif there is not None and there.import_id is None:
            wrong = ("external_id", "past_sale_earns_here", {})
        elif order is not None and orders.get(order, there and there.id) != (there and there.id):
            wrong = ("order_reference", "order_of_another_sale", {})
        elif order is not None and order in told_orders:
            wrong = ("order_reference", "row_twice", {"line": told_orders[order]})
        if wrong is not None:
            problems.append(RowProblem(line=line, column=wrong[0], code=wrong[1], params=wrong[2]))
            continue
        if order is not None:
            told_orders[order] = line
        judged.append(_judged(line, sale, there))
    return Judgement(judged, problems)


async def take(tx: TenantTransaction, import_id: UUID, judged: Sequence[Judged], *, by: str) -> None:
    """Write what was judged, all in a few statements: a year of sales is many rows.

    The caller holds the references of all sales: 50,000 locks are more than PostgreSQL has room for.
    """
    plans: list[PastSale] = [one.plan for one in judged if one.outcome != "same"]
    if not plans:
        return
    customers = await _customers(tx, plans)
    for begin in range(0, len(plans), _AT_ONCE):
        some = plans[begin : begin + _AT_ONCE]
        await _insert(tx, import_id, [plan for plan in some if plan.known is None], customers)
        await _correct(tx, import_id, [plan for plan in some if plan.known is not None], customers)
    named = Counter(plan.told.partner_code for plan in plans if plan.told.partner_code)
    partners = await partner_ids(tx, set(named))
    await audit.record_each(
        tx,
        actor=by,
        action="partner.past_sales_told",
        subject="partner",
        entries=[(str(partners[code]), {"past_sales": count}) for code, count in sorted(named.items())],
    )
    await rechecks.want_for_hands(tx)


def _judged(line: int, sale: NewSale, known: _Known | None) -> Judged:
    differences = (
        []
        if known is None
        else [
            Difference(column=name, before=known.values[name], after=getattr(sale, name))
            for name in _COMPARED
            if known.values[name] != getattr(sale, name) and (name != "campaign_slug" or sale.campaign_slug)
        ]
    )
    result = outcome(is_known=known is not None, differences=differences)
    return Judged(line, sale.external_id, result, tuple(differences), PastSale(sale, known.id if known else None))


async def _known(tx: TenantTransaction, ids: Sequence[str]) -> dict[str, _Known]:
    rows = await tx.fetch(
        """
        SELECT r.reference, t.id, t.import_id, t.gross_cents, t.tax_cents, t.sold_at, t.order_reference, t.subscription,
               p.code AS partner_code, c.slug AS campaign_slug
          FROM sale_references r
          JOIN transactions t ON t.tenant_id = r.tenant_id AND t.id = r.transaction_id
          LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND p.id = t.partner_id
          LEFT JOIN campaigns c ON c.tenant_id = t.tenant_id AND c.id = t.campaign_id
         WHERE r.tenant_id = $1 AND r.kind = $2 AND r.reference = ANY ($3)
        """,
        tx.tenant.id,
        API,
        ids,
        timeout=SECONDS,
    )
    return {
        row["reference"]: _Known(TransactionId(row["id"]), row["import_id"], {name: row[name] for name in _COMPARED})
        for row in rows
    }


async def _orders(tx: TenantTransaction, orders: Sequence[str]) -> dict[str, TransactionId]:
    """Whose these order numbers are."""
    rows = await tx.fetch(
        "SELECT reference, transaction_id FROM sale_references WHERE tenant_id = $1 AND reference = ANY ($2)",
        tx.tenant.id,
        orders,
        timeout=SECONDS,
    )
    return {row["reference"]: TransactionId(row["transaction_id"]) for row in rows}


async def _customers(tx: TenantTransaction, plans: Sequence[PastSale]) -> dict[str, UUID]:
    """Customers by the id, else the mail address, that the file has of them; who is not there is made."""
    told = {
        (one.external_id, one.email and one.email.lower()): one
        for plan in plans
        if (one := plan.told.customer) is not None and (one.external_id or one.email)
    }
    columns = (
        [one.external_id for one in told.values()],
        [one.email for one in told.values()],
        [one.name for one in told.values()],
    )
    await tx.execute(
        """
        INSERT INTO customers (tenant_id, external_id, email, name)
        SELECT $1, external_id, email, name
          FROM unnest($2::text[], $3::text[], $4::text[]) AS n (external_id, email, name)
         WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.tenant_id = $1 AND c.external_id = n.external_id)
           AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.tenant_id = $1 AND lower(c.email) = lower(n.email))
        ON CONFLICT DO NOTHING
        """,
        tx.tenant.id,
        *columns,
        timeout=SECONDS,
    )
    rows = await tx.fetch(
        """
        SELECT id, external_id, lower(email) AS email FROM customers
         WHERE tenant_id = $1 AND (external_id = ANY ($2) OR lower(email) = ANY ($3))
         ORDER BY seq DESC
        """,
        tx.tenant.id,
        columns[0],
        [email and email.lower() for email in columns[1]],
        timeout=SECONDS,
    )
    by_mail = {f"mail:{row['email']}": row["id"] for row in rows if row["email"]}
    return by_mail | {f"id:{row['external_id']}": row["id"] for row in rows if row["external_id"]}


def _customer_of(sale: NewSale, known: dict[str, UUID]) -> UUID | None:
    customer = sale.customer
    if customer is None:
        return None
    by_id = known.get(f"id:{customer.external_id}") if customer.external_id else None
    return by_id or (known.get(f"mail:{customer.email.lower()}") if customer.email else None)


_TOLD = """
    WITH told AS (
        SELECT n.*, p.id AS partner_id, COALESCE(c.id, p.campaign_id, t.default_campaign_id) AS campaign_id
          FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
                      $10::text[], $11::uuid[], $12::text[], $13::text[]) WITH ORDINALITY
               AS n (id, gross, tax, sold_at, partner, campaign, order_reference, subscription, customer, email,
                     external_id, position)
          JOIN tenants t ON t.id = $1
          LEFT JOIN partners p ON p.tenant_id = $1 AND p.code = n.partner
          LEFT JOIN campaigns c ON c.tenant_id = $1 AND c.slug = n.campaign
         WHERE $2::uuid IS NOT NULL)
"""
"""Rows of `_parameters`, which begin with the tenant and the file."""


async def _insert(
    tx: TenantTransaction, import_id: UUID, plans: Sequence[PastSale], customers: dict[str, UUID]
) -> None:
    """Paid and final; their campaign is the one told, else the partner's, else the tenant's."""
    told = _parameters(tx, import_id, plans, [uuid4() for _ in plans], customers)
    await tx.execute(
        f"""
        {_TOLD}
        INSERT INTO transactions (tenant_id, id, source, state, import_id, gross_cents, tax_cents, base_cents,
                                  paid_cents, paid_at, provisional, sold_at, partner_id, partner_by, campaign_id,
                                  order_reference, subscription, customer_id, customer_email)
        SELECT $1, id, 'api', 'pending', $2, gross, tax, gross - tax, gross, sold_at, false, sold_at, partner_id,
               CASE WHEN partner_id IS NOT NULL THEN 'name' END, campaign_id, order_reference, subscription, customer,
               email
          FROM told ORDER BY sold_at, position
        """,
        *told,
        timeout=SECONDS,
    )
    await tx.execute(
        f"""
        {_TOLD}
        INSERT INTO sale_references (tenant_id, kind, reference, transaction_id, currency, paid_units, tax_units)
        SELECT $1, 'api', external_id, id, 'EUR', gross, tax FROM told
        """,
        *told,
        timeout=SECONDS,
    )
    await tx.execute(
        "UPDATE transactions SET state = 'approved' WHERE tenant_id = $1 AND id = ANY ($2)",
        tx.tenant.id,
        told[2],
        timeout=SECONDS,
    )


async def _correct(
    tx: TenantTransaction, import_id: UUID, plans: Sequence[PastSale], customers: dict[str, UUID]
) -> None:
    told = _parameters(tx, import_id, plans, [plan.known for plan in plans if plan.known], customers)
    await tx.execute(
        "SELECT 1 FROM transactions WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY seq FOR UPDATE",
        tx.tenant.id,
        told[2],
        timeout=SECONDS,
    )
    await tx.execute(
        f"""
        {_TOLD}
        UPDATE transactions s
           SET import_id = $2, gross_cents = n.gross, tax_cents = n.tax, base_cents = n.gross - n.tax,
               paid_cents = n.gross, refunded_cents = least(s.refunded_cents, n.gross), sold_at = n.sold_at,
               paid_at = n.sold_at, partner_id = n.partner_id,
               partner_by = CASE WHEN n.partner_id IS NOT NULL THEN 'name' END, campaign_id = n.campaign_id,
               order_reference = n.order_reference, subscription = n.subscription,
               customer_id = COALESCE(n.customer, s.customer_id), customer_email = COALESCE(n.email, s.customer_email)
          FROM told n WHERE s.tenant_id = $1 AND s.id = n.id
        """,
        *told,
        timeout=SECONDS,
    )
    await tx.execute(
        f"""
        {_TOLD}
        UPDATE sale_references r SET paid_units = n.gross, tax_units = n.tax
          FROM told n WHERE r.tenant_id = $1 AND r.kind = 'api' AND r.reference = n.external_id
        """,
        *told,
        timeout=SECONDS,
    )


def _parameters(
    tx: TenantTransaction,
    import_id: UUID,
    plans: Sequence[PastSale],
    ids: Sequence[UUID],
    customers: dict[str, UUID],
) -> list[Any]:
    told = [plan.told for plan in plans]
    return [
        tx.tenant.id,
        import_id,
        list(ids),
        [one.gross_cents for one in told],
        [one.tax_cents for one in told],
        [one.sold_at for one in told],
        [one.partner_code for one in told],
        [one.campaign_slug for one in told],
        [one.order_reference for one in told],
        [one.subscription for one in told],
        [_customer_of(one, customers) for one in told],
        [one.customer and one.customer.email for one in told],
        [one.external_id for one in told],
    ]
