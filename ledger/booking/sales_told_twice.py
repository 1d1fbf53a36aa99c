"""Two sales that may be one purchase, told twice without a name in common: the later one earns nothing until a person
says which it is (rules.md: the same order told by two sources is one sale).

Asked where neither of both waits for an invoice, which would find its sale or ask itself (invoice_questions.py): beside
one that a paid invoice made, and beside one that another source told of at about the same time.
"""

from datetime import timedelta
from typing import Any

from ledger import tasks
from ledger.audit import audit, hands
from ledger.booking import naming, sale_price, same_sale, source_sales
from ledger.booking.invoice_sales import LOOK_BACK
from ledger.booking.outcome import Outcome, settled
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.sales import customers, provider_amounts, references, sale_holds, transactions
from ledger.sales.references import SALE, Reference
from ledger.sales.sale_holds import SaleHold
from ledger.sales.sale_reports import SaleReport
from ledger.sales.transactions import Transaction
from ledger.types import STRIPE, TransactionId

KIND = "sale_told_twice"
SAME_SALE = "same_sale"
_TOLD_WITHIN = timedelta(days=2)
"""Two sources tell of one payment by the hour or by the day of it; an invoice may be older than what pays it."""
_MOST = 20


async def ask(tx: TenantTransaction, before: Transaction | None, sale: Transaction, report: SaleReport) -> None:
    """Hold it and ask, if its customer may have paid this once and been told of twice. `before`: as it was.

    Judged when the customer becomes known, so that what a person released stays released.
    """
    if sale.customer_id is None or (before is not None and before.customer_id == sale.customer_id):
        return
    found = await _candidates(tx, sale, report)
    if not found:
        return
    await sale_holds.hold(tx, sale.id, SaleHold.TOLD_TWICE)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=KIND,
            subject="transaction",
            subject_id=str(sale.id),
            reason=Reason.of("sale_told_twice", source=found[0]["source"]),
            actions=(SAME_SALE, "release"),
            detail={"candidates": found},
            links={"transaction_id": str(sale.id)},
        ),
    )


async def hold(tx: TenantTransaction, one: TransactionId, other: TransactionId) -> None:
    """Lock both, before the question (docs/locks.md). Raises NotFound."""
    both = [await transactions.get(tx, id) for id in (one, other)]
    payers = [key for sale in both for key in await customers.keys_of_payer(tx, sale.subscription, sale.customer_id)]
    await references.hold_references(tx, [str(one), str(other), *payers])
    await same_sale.lock_named(tx, [str(one), str(other)])


async def join(
    tx: TenantTransaction, told: TransactionId, other: TransactionId, candidates: list[dict[str, Any]], *, by: str
) -> Outcome:
    """A person says that both are one. The caller holds both.

    Raises NotAcceptable (it is none of those that were asked about), NotAllowedNow (both have a valid invoice).
    """
    if str(other) not in [one["transaction_id"] for one in candidates]:
        raise NotAcceptable("not_a_candidate")
    await hands.hold_tenant(tx)
    are_final = [not one.provisional for one in (await transactions.get(tx, told), await transactions.get(tx, other))]
    found = await same_sale.find(tx, [Reference(kind=SALE, reference=str(one)) for one in (other, told)])
    if found.sale is None or not found.others:
        raise NotAllowedNow("sales_have_two_invoices")
    sale = found.sale
    await sale_holds.release(tx, sale.id, [SaleHold.TOLD_TWICE], by=by)
    sale = await sale_price.bring_to_what_was_told(tx, sale)
    if sale.provisional and any(are_final):
        sale = await source_sales.count_as_paid(tx, sale, sale.sold_at)
    for one in found.others:
        if one.partner_id is not None:
            sale = await naming.take_over(tx, sale, one)
    await audit.record(
        tx,
        actor=by,
        action="transaction.taken_for_one",
        subject="transaction",
        subject_id=str(sale.id),
        detail={"with": [str(one.id) for one in found.others]},
    )
    outcome = await settled(tx, found.before, sale.id)
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys([*found.payouts, *outcome.payouts]))})


async def _candidates(tx: TenantTransaction, sale: Transaction, report: SaleReport) -> list[dict[str, Any]]:
    """Of the same customer over the same gross ± 1 cent, which this source did not tell of.

    Where both name an order they are different orders, or the order would have found the sale.
    """
    rows = await tx.fetch(
        """
        SELECT t.id, t.sold_at, t.gross_cents, t.source
          FROM transactions t JOIN providers p ON p.name = t.source
         WHERE t.tenant_id = $1 AND t.customer_id = $2 AND t.id <> $3 AND t.state IN ('pending', 'approved')
           AND t.gross_cents BETWEEN $4::bigint - 1 AND $4::bigint + 1
           AND abs(extract(epoch FROM t.sold_at - $5))
               <= extract(epoch FROM CASE WHEN p.is_books THEN $6::interval ELSE $7::interval END)
           AND (t.order_reference IS NULL OR $8::text IS NULL)
           AND ($9 OR (NOT t.provisional AND NOT EXISTS (SELECT 1 FROM external_documents d
                                                          WHERE d.tenant_id = t.tenant_id AND d.transaction_id = t.id)))
           AND NOT EXISTS (SELECT 1 FROM sale_references r
                            WHERE r.tenant_id = t.tenant_id AND r.transaction_id = t.id
                              AND (r.kind = ANY ($10) OR starts_with(r.kind, $11)))
         ORDER BY t.seq DESC LIMIT $12
        """,
        tx.tenant.id,
        sale.customer_id,
        sale.id,
        sale.gross_cents,
        sale.sold_at,
        LOOK_BACK,
        _TOLD_WITHIN,
        sale.order_reference,
        not sale.provisional and sale.invoice_id is None,
        provider_amounts.KINDS_OF_STRIPE if report.source == STRIPE else (),
        report.source,
        _MOST,
    )
    return [
        {
            "transaction_id": str(row["id"]),
            "sold_at": row["sold_at"].isoformat(),
            "gross_cents": row["gross_cents"],
            "source": row["source"],
        }
        for row in rows
    ]
