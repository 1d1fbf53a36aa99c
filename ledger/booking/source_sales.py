"""Sales that no invoice in the books follows: what their source says of them is final (rules.md, A tenant has one books
provider; sources of sales are any number).

A source that tells another amount of the same sale than was told before, be it the same one or another, books nothing:
a person is asked. Money that went back of a sale that is not known yet waits for it.
"""

from ledger import tasks
from ledger.booking.outcome import Outcome
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.sales import provider_amounts, references, refunds, transactions
from ledger.sales.references import Reference
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport
from ledger.sales.transactions import Transaction
from ledger.types import STRIPE, EventId, EventState, TransactionState

AMOUNT_DIFFERS = "sale_amount_differs"
UNKNOWN_SALE = "refund_of_unknown_sale"
_ROUNDING_CENTS = 1


async def differs(tx: TenantTransaction, sale: Transaction, report: SaleReport) -> Outcome | None:
    """Ask about an amount that contradicts what was told of this sale before; None where none does."""
    told = await provider_amounts.told_before(tx, sale.id, report)
    if told is None or told == report.gross_cents:
        return None
    await references.name(tx, sale.id, report.references)
    params = {"before": told, "now": report.gross_cents}
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=AMOUNT_DIFFERS,
            subject="transaction",
            subject_id=str(sale.id),
            reason=Reason.of(AMOUNT_DIFFERS, **params),
            links={"transaction_id": str(sale.id)},
        ),
    )
    return Outcome(
        state=EventState.FAILED, reason=Reason.of(AMOUNT_DIFFERS, **params), transaction_id=sale.id, changes={}
    )


async def settle_by_source(tx: TenantTransaction, sale: Transaction, report: SaleReport) -> Transaction:
    """Its amounts are final and paid, unless the books have a say already: net, tax and state follow what was told.

    Raises NotAcceptable where no tax was told: then nobody knows the net that commissions are computed from.
    """
    if not report.is_final or sale.invoice_id is not None:
        return sale
    if report.tax_cents is None:
        raise NotAcceptable("sale_without_tax")
    await tx.execute(
        """
        UPDATE transactions SET provisional = false, paid_cents = gross_cents, paid_at = COALESCE(paid_at, $3)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        report.sold_at,
    )
    await refunds.follow_invoice(tx, sale.id, TransactionState.APPROVED, None)
    return await transactions.get(tx, sale.id)


async def wait_for_sale(tx: TenantTransaction, report: RefundReport | DisputeReport, event: EventId | None) -> Outcome:
    """Money went back of a sale that nobody told of: the event waits for it, and a person learns of it."""
    first = report.certain[0]
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=UNKNOWN_SALE,
            subject="sale_reference",
            subject_id=_name(first),
            reason=Reason.of(UNKNOWN_SALE, reference=first.reference),
            links={"event_ids": [] if event is None else [event]},
        ),
    )
    return Outcome(state=EventState.WAITING, reason=Reason.of(UNKNOWN_SALE, reference=first.reference))


async def what_waited(tx: TenantTransaction, report: SaleReport) -> list[EventId]:
    """Events of money that went back of the sale that is known now, to be booked again; their question is answered."""
    if report.source == STRIPE:
        return []
    waiting: list[EventId] = []
    for one in report.certain:
        for task in await tasks.list_open_about(tx, subject="sale_reference", subject_id=_name(one), at_most=100):
            waiting += [EventId(event) for event in task.links.get("event_ids", [])]
        await tasks.close_questions(
            tx, subject="sale_reference", subject_id=_name(one), kinds=(UNKNOWN_SALE,), by="event"
        )
    return sorted(set(waiting))


def _name(reference: Reference) -> str:
    return f"{reference.kind}:{reference.reference}"
