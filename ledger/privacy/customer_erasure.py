"""Erasing what is known of a customer (GDPR, Art. 17), as far as no law keeps it.

Sales stay with their amounts, references and invoices: commissions stand on them. Copies of invoices stay as long as
vouchers do, and go by themselves after that day (retention.py).
"""

from datetime import date

from ledger.database import TenantTransaction
from ledger.privacy import erasures
from ledger.privacy.erasures import SECONDS, VOUCHER_YEARS, VOUCHERS, Erasure, Kept, counted, end_of_duty
from ledger.refusals import NotAllowedNow, require_reason
from ledger.sales import customers
from ledger.types import CustomerId

_SALES = "(customer_id = $2 OR customer_email = $3)"
"""A sale that came before its customer was known names the mail address alone."""


async def erase(tx: TenantTransaction, customer_id: CustomerId, *, by: str, reason: str, today: date) -> Erasure:
    """Locks the customer. Raises NotFound, NotAcceptable (no reason), NotAllowedNow while a sale waits for its payment.

    `reason` stands in the trail and must not name the person.
    """
    require_reason(reason.strip())
    await tx.execute("SELECT 1 FROM customers WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, customer_id)
    customer = await customers.get(tx, customer_id)
    waiting = await tx.fetchval(
        f"SELECT count(*) FROM transactions WHERE tenant_id = $1 AND state = 'pending' AND {_SALES}",
        tx.tenant.id,
        customer_id,
        customer.email,
    )
    if waiting:
        raise NotAllowedNow("customer_sales_open", sales=waiting)
    kept = await _kept(tx, customer_id, customer.email, today)
    bodies = await _erase_bodies(tx, customer_id, [customer.email, customer.external_id])
    sales = await _count(
        tx,
        f"""
        UPDATE transactions SET customer_email = NULL, customer_contact_id = NULL, address = NULL, line_items = NULL
         WHERE tenant_id = $1 AND {_SALES}
           AND num_nonnulls(customer_email, customer_contact_id, address, line_items) > 0
        """,
        customer_id,
        customer.email,
    )
    copies = 0
    if customer.lexoffice_contact_id is not None:
        copies = await tx.fetchval("SELECT erase_contact_snapshots($1)", customer.lexoffice_contact_id)
    await tx.execute(
        """
        UPDATE customers SET name = NULL, email = NULL, external_id = NULL, lexoffice_contact_id = NULL,
                             erased_at = COALESCE(erased_at, now())
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        customer_id,
    )
    words = [customer.email, customer.name, customer.external_id]
    done = Erasure(
        subject="customer",
        subject_id=customer_id,
        erased=counted(
            {
                "erased_customer": int(any(words) or customer.lexoffice_contact_id is not None),
                "erased_sales": sales,
                "erased_event_bodies": bodies,
                "erased_contact_copies": copies,
                "erased_trail": await erasures.forget_beside_trail(tx, "customer", customer_id, words),
            }
        ),
        kept=kept,
        is_finished=not kept,
    )
    await erasures.note(tx, done, by=by, reason=reason.strip())
    if not kept:
        await erasures.finish(tx, "customer", customer_id)
    return done


async def _erase_bodies(tx: TenantTransaction, customer_id: CustomerId, words: list[str | None]) -> int:
    """What providers told about this customer; what is still to be handled is left (its sale is open, or foreign)."""
    return await _count(
        tx,
        """
        UPDATE events e SET body = '{}', body_erased_at = now()
         WHERE e.tenant_id = $1 AND e.body_erased_at IS NULL AND e.state NOT IN ('received', 'waiting')
           AND (e.resource_id IN (SELECT r.reference FROM sale_references r
                                    JOIN transactions t ON t.tenant_id = r.tenant_id AND t.id = r.transaction_id
                                   WHERE r.tenant_id = $1 AND t.customer_id = $2)
                OR EXISTS (SELECT FROM unnest($3::text[]) w WHERE position(convert_to(w, 'UTF8') IN e.body) > 0))
        """,
        customer_id,
        [word for word in words if word and len(word) > _SHORTEST],
    )


_SHORTEST = 3
"""Shorter words stand in bodies that are about somebody else."""


async def _kept(tx: TenantTransaction, customer_id: CustomerId, email: str | None, today: date) -> tuple[Kept, ...]:
    """Copies of the invoices on which commissions stand, and invoices that we wrote."""
    row = await tx.fetchrow(
        f"""
        SELECT count(*) AS invoices, max((d.created_at AT TIME ZONE 'Europe/Berlin')::date) AS last
          FROM external_documents d
         WHERE d.tenant_id = $1 AND d.transaction_id IN (SELECT id FROM transactions WHERE tenant_id = $1 AND {_SALES})
        """,
        tx.tenant.id,
        customer_id,
        email,
    )
    assert row is not None
    if not row["invoices"]:
        return ()
    until = end_of_duty(row["last"], VOUCHER_YEARS)
    if until < today:
        return ()
    return (Kept(what="kept_invoices", count=row["invoices"], paragraphs=VOUCHERS, until=until),)


async def _count(tx: TenantTransaction, statement: str, *parameters: object) -> int:
    return int((await tx.execute(statement, tx.tenant.id, *parameters, timeout=SECONDS)).split()[-1])
