"""Sales that no invoice in the books follows: what their source says of them is final (rules.md, A tenant has one books
provider; sources of sales are any number).

A source that tells another amount of the same sale than was told before, be it the same one or another, books nothing:
a person is asked. Money that went back of a sale that is not known yet waits for it.
"""

from datetime import datetime
from typing import TypeVar

from ledger import tasks
from ledger.booking import same_sale
from ledger.booking.outcome import Outcome
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.sales import provider_amounts, references, refunds, transactions
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport
from ledger.sales.transactions import Transaction
from ledger.types import API, STRIPE, EventId, EventState, TransactionState

AMOUNT_DIFFERS = "sale_amount_differs"
UNKNOWN_SALE = "refund_of_unknown_sale"
_SUBJECT = "sale_reference"

MoneyReport = TypeVar("MoneyReport", RefundReport, DisputeReport)


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
    return await count_as_paid(tx, sale, report.sold_at)


async def count_as_paid(tx: TenantTransaction, sale: Transaction, at: datetime) -> Transaction:
    """No invoice is waited for: what was told of it is final. `at`: when it was paid."""
    await tx.execute(
        """
        UPDATE transactions SET provisional = false, paid_cents = gross_cents, paid_at = COALESCE(paid_at, $3)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        at,
    )
    await refunds.follow_invoice(tx, sale.id, TransactionState.APPROVED, None)
    return await transactions.get(tx, sale.id)


async def of_one_sale(tx: TenantTransaction, report: MoneyReport) -> MoneyReport | None:
    """With the most exact reference, the last, that some sale has: of an order its second payment may be meant, and
    what went back does not show that two payments are one. None: no sale is known. Holds all of them.
    """
    await same_sale.hold(tx, [one.reference for one in report.certain])
    for one in reversed(report.certain):
        if await references.sales_with_reference(tx, [one.reference]):
            return report.model_copy(update={"more_references": (one,)})
    return None


async def all_that_was_paid(tx: TenantTransaction, report: RefundReport) -> RefundReport:
    """Of a refund of the whole: with the amount that this is. Its sale is known."""
    [sale, *_] = await references.sales_with_reference(tx, [one.reference for one in report.certain])
    paid = await provider_amounts.paid(tx, sale)
    gross = (await transactions.get(tx, sale)).gross_cents
    whole, currency = (paid.units, paid.currency) if paid else (gross, "EUR")
    return report.model_copy(update={"charge_cents": whole, "refunded_cents": whole, "currency": currency})


def own_name(report: RefundReport | DisputeReport, told: str) -> str:
    """By which its money back is kept: two sources may number theirs alike."""
    return told if report.source in (STRIPE, API) else f"{report.source}:{told}"


async def wait_for_sale(tx: TenantTransaction, report: RefundReport | DisputeReport, event: EventId | None) -> Outcome:
    """Money went back of a sale that nobody told of: the event waits for it, and a person learns of it; unless it
    earned nothing here.
    """
    if report.is_of_other_affiliate:
        return Outcome(state=EventState.IGNORED, reason=Reason.of("source_pays_own_affiliate"))
    first = report.certain[0]
    before = [task.links.get("event_ids", []) for task in await _open_questions(tx, first.reference)]
    waiting = {one for events in before for one in events} | ({event} if event is not None else set())
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=UNKNOWN_SALE,
            subject=_SUBJECT,
            subject_id=first.reference,
            reason=Reason.of(UNKNOWN_SALE, reference=first.reference),
            links={"event_ids": sorted(waiting)},
        ),
    )
    return Outcome(state=EventState.WAITING, reason=Reason.of(UNKNOWN_SALE, reference=first.reference))


async def what_waits(tx: TenantTransaction, report: SaleReport) -> list[EventId]:
    """Events of money that went back of this sale and wait for it, also where a person has closed the question."""
    if report.source == STRIPE:
        return []
    rows = await tx.fetch(
        """
        SELECT id FROM events
         WHERE tenant_id = $1 AND state = 'waiting' AND reason_code = $2 AND reason_params ->> 'reference' = ANY ($3)
         ORDER BY id
        """,
        tx.tenant.id,
        UNKNOWN_SALE,
        _texts(report),
    )
    return [EventId(row["id"]) for row in rows]


async def close_questions(tx: TenantTransaction, report: SaleReport) -> None:
    """The sale is known now."""
    for named in _texts(report):
        await tasks.close_questions(tx, subject=_SUBJECT, subject_id=named, kinds=(UNKNOWN_SALE,), by="event")


async def _open_questions(tx: TenantTransaction, named: str) -> list[tasks.Task]:
    return await tasks.list_open_about(tx, subject=_SUBJECT, subject_id=named, at_most=1)


def _texts(report: SaleReport) -> list[str]:
    named = [one.reference for one in report.certain]
    return [*dict.fromkeys([*named, *([report.order_reference] if report.order_reference else [])])]
