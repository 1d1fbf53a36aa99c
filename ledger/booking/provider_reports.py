"""What the payment provider reports: a sale, a refund, a dispute. One payment is one sale, whatever it is called.

Events arrive in any order and more than once: the first makes the sale, later ones fill what it lacked, and each is
judged alone, under a lock on every reference it names. What is booked here is provisional until the invoice arrives
(invoices.py).
"""

from ledger.booking import (
    attribution,
    foreign_currency,
    invoice_questions,
    money_told_twice,
    naming,
    report_locks,
    sale_price,
    sales_told_twice,
    same_sale,
    source_sales,
)
from ledger.booking.foreign_currency import is_euro
from ledger.booking.outcome import Outcome, settled
from ledger.booking.same_sale import Found
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.sales import (
    customers,
    foreign_payments,
    provider_amounts,
    references,
    refunds,
    sale_holds,
    sale_lines,
    transactions,
)
from ledger.sales.customers import Customer
from ledger.sales.foreign_payments import Rate, ToldPayment
from ledger.sales.references import Reference
from ledger.sales.refunds import MoneyBack
from ledger.sales.sale_holds import SaleHold
from ledger.sales.sale_reports import DisputeReport, RefundReport, SaleReport
from ledger.sales.transactions import Transaction
from ledger.types import BERLIN, STRIPE, EventId, EventState, Frozen, TransactionId

__all__ = [
    "DisputeReport",
    "RefundReport",
    "SaleOutcome",
    "SaleReport",
    "record_dispute",
    "record_refund",
    "record_sale",
]

SaleOutcome = Outcome


async def record_sale(tx: TenantTransaction, report: SaleReport, *, event: EventId | None = None) -> SaleOutcome:
    """A payment makes a sale or fills the one that has one of its references. Without an amount it may tell whose the
    later payments are. `event`: what is to be handled again once a person has given an exchange rate."""
    await same_sale.hold(
        tx,
        _texts(report.certain, report.order_reference),
        customers.keys(report.customer, report.subscription),
    )
    if report.gross_cents <= 0:
        return await _introduce(tx, report)
    await report_locks.hold_later(tx, report)
    found = await same_sale.find(tx, report.certain, report.order_reference)
    if found.sale is not None and (contradicted := await source_sales.differs(tx, found.sale, report)) is not None:
        return contradicted.model_copy(update={"payouts": found.payouts})
    rate = report.rate or await _rate(tx, found, report, event)
    if isinstance(rate, Outcome):
        return rate
    customer = await customers.remember(tx, report.customer)
    sale = found.sale or await _insert(tx, report, rate)
    sale = await _fill(tx, sale, report, customer, found)
    await references.name(tx, sale.id, report.references, report.paid)
    by_lines = bool(report.lines) and await sale_lines.keep(tx, report.references[0], report.lines)
    sale = await _keep_rate(tx, sale, report, rate)
    sale = await source_sales.settle_by_source(tx, await sale_price.bring_to_what_was_told(tx, sale), report)
    sale = await naming.attribute(tx, sale, report, customer)
    sale = await _named_by_others(tx, sale, found)
    await attribution.hold_own_purchase(tx, found.before.sale, sale)
    await sales_told_twice.ask(tx, found.before.sale, sale, report)
    if sale.partner_id is None or not _has_new_partner(found.before.sale, sale):
        return await _settled(tx, found, sale.id, by_lines=by_lines)
    later = await naming.give_later(
        tx,
        subscription=sale.subscription,
        customer_id=sale.customer_id if sale.partner_by in ("name", "person") else None,
        since=sale.sold_at,
        but=sale.id,
    )
    outcome = await _settled(tx, found, sale.id, by_lines=by_lines)
    return (await naming.settle_later(tx, later)).added_to(outcome)


async def record_refund(tx: TenantTransaction, report: RefundReport, *, event: EventId | None = None) -> SaleOutcome:
    """What was given back takes its share of the commissions; a refund that failed gives it back.

    A refund may arrive before its sale: then the sale is recorded as refunded, and stays so when it is reported.
    """
    if report.source != STRIPE:
        known = await source_sales.of_one_sale(tx, report)
        if known is None:
            return await source_sales.wait_for_sale(tx, report, event)
        report = await source_sales.all_that_was_paid(tx, known) if known.is_whole else known
    first_sign = _first_sign(report, report.charge_cents or report.refunded_cents)
    charged = await _sale_of_charge(tx, first_sign, report.charge_cents, event)
    if isinstance(charged, Outcome):
        return charged
    sale = charged.sale
    if report.customer_email and sale.customer_email is None:
        await tx.execute(
            "UPDATE transactions SET customer_email = $3 WHERE tenant_id = $1 AND id = $2",
            tx.tenant.id,
            sale.id,
            report.customer_email,
        )
    failed = report.failed_refund
    told = failed or report.step or report.payment_intent or report.certain[0].reference
    is_news = await refunds.record(
        tx,
        sale,
        MoneyBack(
            kind="refund_failed" if failed else "charge",
            source=report.source,
            reference=source_sales.own_name(report, told),
            document=None if report.source == STRIPE else told,
            cents=charged.in_its_units(report.refunded_cents),
            of_cents=None if report.charge_cents is None else charged.in_its_units(report.charge_cents),
            as_of=report.as_of,
        ),
    )
    if is_news:
        await money_told_twice.ask(tx, sale.id)
    return await _settled(tx, charged.found, sale.id)


async def record_dispute(tx: TenantTransaction, report: DisputeReport, *, event: EventId | None = None) -> SaleOutcome:
    """An open dispute holds the commissions, a won one frees them, a lost one is a refund."""
    if report.source != STRIPE:
        known = await source_sales.of_one_sale(tx, report)
        if known is None:
            return await source_sales.wait_for_sale(tx, report, event)
        report = known
    first_sign = _first_sign(report, report.charge_cents or report.disputed_cents)
    charged = await _sale_of_charge(tx, first_sign, report.charge_cents, event)
    if isinstance(charged, Outcome):
        return charged
    sale = charged.sale
    is_news = await refunds.record(
        tx,
        sale,
        MoneyBack(
            kind="dispute",
            source=report.source,
            reference=source_sales.own_name(report, report.dispute),
            cents=charged.in_its_units(report.disputed_cents),
            of_cents=None if report.charge_cents is None else charged.in_its_units(report.charge_cents),
            counts=report.status == "lost",
            is_open=report.status == "open",
            as_of=report.as_of,
        ),
    )
    if is_news:
        await money_told_twice.ask(tx, sale.id)
    if await refunds.is_disputed(tx, sale.id):
        await sale_holds.hold(tx, sale.id, SaleHold.DISPUTE)
    else:
        await sale_holds.release(tx, sale.id, [SaleHold.DISPUTE])
    return await _settled(tx, charged.found, sale.id)


class _Charged(Frozen):
    """The sale of a charge, as it was and locked. `rate`: only where it is told in another currency than the sale's."""

    found: Found
    sale: Transaction
    currency: str
    rate: Rate | None = None

    def in_its_units(self, told: int) -> int:
        """What is told of the charge, in the units in which the sale's payments are kept."""
        if self.rate is None:
            return told
        return self.rate.euro_cents(foreign_payments.whole_units(told, self.currency))


async def _rate(
    tx: TenantTransaction, found: Found, report: SaleReport, event: EventId | None
) -> Rate | Outcome | None:
    """At which rate it is booked; None where none is needed; an outcome where a person is asked for it."""
    currency = report.currency.upper()
    if is_euro(currency):
        return None
    if len(currency) != 3:
        return Outcome(state=EventState.FAILED, reason=Reason.of("currency_not_named"))
    sale = found.sale
    if sale is not None:
        if sale.original_currency == currency and sale.rate is not None:
            return sale.rate
        told = await provider_amounts.paid(tx, sale.id)
        if not sale.provisional and (told is None or told.currency == currency):
            return None  # the books say what it is worth; of what went back only the share counts
    return await foreign_currency.rate_or_question(
        tx,
        ToldPayment(
            names=tuple(_texts(report.certain, report.order_reference)),
            currency=currency,
            amount=foreign_payments.whole_units(report.gross_cents, currency),
            tax=None if report.tax_cents is None else foreign_payments.whole_units(report.tax_cents, currency),
            happened_on=report.sold_at.astimezone(BERLIN).date(),
            events=() if event is None else (event,),
        ),
    )


async def _keep_rate(tx: TenantTransaction, sale: Transaction, report: SaleReport, rate: Rate | None) -> Transaction:
    if rate is None:
        return sale
    currency = report.currency.upper()
    amount = foreign_payments.whole_units(report.gross_cents, currency)
    await foreign_currency.keep_original(tx, sale.id, rate, currency=currency, amount=amount)
    return await transactions.get(tx, sale.id)


async def _settled(tx: TenantTransaction, found: Found, sale: TransactionId, *, by_lines: bool = False) -> Outcome:
    outcome = await settled(tx, found.before, sale, by_lines=by_lines)
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys([*found.payouts, *outcome.payouts]))})


async def _introduce(tx: TenantTransaction, report: SaleReport) -> Outcome:
    """A trial or a free order: nothing was paid, but it may name whose the later payments are."""
    customer = await customers.remember(tx, report.customer)
    payer = customer.id if customer else None
    await naming.hold_later(tx, subscription=report.subscription, customer_id=payer, since=report.sold_at)
    named, news = await naming.introduced(tx, report, customer)
    if not news:
        state = EventState.IGNORED if named is None else EventState.UNCHANGED
        return Outcome(state=state, reason=Reason.of("sale_without_amount"))
    if named is None:
        return Outcome(
            state=EventState.PROCESSED,
            reason=Reason.of("checkout_names_unknown_partner"),
        )
    later = await naming.give_later(tx, subscription=report.subscription, customer_id=payer, since=report.sold_at)
    outcome = Outcome(
        state=EventState.PROCESSED,
        reason=Reason.of("later_payments_belong_to_partner"),
        changes={"partner_code": [None, named.code]},
    )
    return (await naming.settle_later(tx, later)).added_to(outcome)


async def _insert(tx: TenantTransaction, report: SaleReport, rate: Rate | None) -> Transaction:
    """The sale with its amount in euros; what else is known of it is filled in."""
    gross = report.gross_cents
    if rate is not None:
        gross = rate.euro_cents(foreign_payments.whole_units(gross, report.currency.upper()))
    inserted = await tx.fetchval(
        """
        INSERT INTO transactions (tenant_id, source, base_cents, tax_cents, gross_cents, provisional, sold_at)
        VALUES ($1, $4, $2, 0, $2, true, $3) RETURNING id
        """,
        tx.tenant.id,
        gross,
        report.sold_at,
        report.source,
    )
    return await transactions.get(tx, TransactionId(inserted))


async def _fill(
    tx: TenantTransaction, sale: Transaction, report: SaleReport, customer: Customer | None, found: Found
) -> Transaction:
    """Only what is missing: what the invoice or an earlier event said stays."""
    wanted = [
        *report.certain,
        *([Reference(kind=references.ORDER, reference=report.order_reference)] if report.order_reference else []),
    ]
    known = await references.known(tx, wanted)
    first: dict[str, str] = {}
    for one in wanted:
        if known.get(one, sale.id) == sale.id:
            first.setdefault(one.kind, one.reference)
    if found.others or any(one not in known for one in wanted):
        await invoice_questions.answer_by_references(
            tx, [one.reference for one in wanted], merged=[other.id for other in found.others]
        )
    await tx.execute(
        """
        UPDATE transactions t
           SET payment_intent = COALESCE(payment_intent, $3), checkout_session = COALESCE(checkout_session, $4),
               provider_invoice = COALESCE(provider_invoice, $5), order_reference = COALESCE(order_reference, $6),
               customer_id = COALESCE(customer_id, $7), customer_contact_id = COALESCE(customer_contact_id, $8),
               customer_email = COALESCE(customer_email, $9), subscription = COALESCE(subscription, $10),
               -- Counted anew among the payments of the subscription; what is final keeps its number.
               payment_number = CASE WHEN NOT (provisional AND subscription IS NULL AND $10::text IS NOT NULL)
                                     THEN payment_number END,
               -- A refund or a dispute that was known first need not name the day of the sale.
               sold_at = CASE WHEN provisional AND partner_id IS NULL THEN least(sold_at, $11) ELSE sold_at END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        first.get("payment_intent"),
        first.get("checkout_session"),
        first.get("provider_invoice"),
        first.get(references.ORDER),
        customer and customer.id,
        customer and customer.lexoffice_contact_id,
        report.customer_email,
        report.subscription,
        report.sold_at,
    )
    return await transactions.get(tx, sale.id)


async def _named_by_others(tx: TenantTransaction, sale: Transaction, found: Found) -> Transaction:
    """What became part of this sale may have been somebody's."""
    for other in found.others:
        if other.partner_id is not None:
            sale = await naming.take_over(tx, sale, other)
    return sale


async def _sale_of_charge(
    tx: TenantTransaction, first_sign: SaleReport, captured: int | None, event: EventId | None
) -> _Charged | Outcome:
    """The sale of a charge; recorded now where its own report is still to come."""
    await same_sale.hold(tx, _texts(first_sign.certain))
    found = await same_sale.find(tx, first_sign.certain)
    rate = await _rate(tx, found, first_sign, event)
    if isinstance(rate, Outcome):
        return rate
    sale = found.sale or await _insert(tx, first_sign, rate)
    sale = await _fill(tx, sale, first_sign, None, found)
    told = await provider_amounts.paid(tx, sale.id)
    other_units = rate is not None and told is not None and told.currency != first_sign.currency.upper()
    paid = None if captured is None or first_sign.charge is None or other_units else first_sign.paid
    await references.name(tx, sale.id, first_sign.references, paid)
    if not other_units:
        sale = await _keep_rate(tx, sale, first_sign, rate)
    sale = await sale_price.bring_to_what_was_told(tx, sale)
    return _Charged(
        found=found,
        sale=await _named_by_others(tx, sale, found),
        currency=first_sign.currency.upper(),
        rate=rate if other_units else None,
    )


def _first_sign(report: RefundReport | DisputeReport, gross_cents: int) -> SaleReport:
    return SaleReport(
        source=report.source,
        told_by="charge" if report.charge else None,
        payment_intent=report.payment_intent,
        checkout_session=report.checkout_session,
        provider_invoice=report.provider_invoice,
        charge=report.charge,
        more_references=report.more_references,
        gross_cents=gross_cents,
        currency=report.currency,
        sold_at=report.sold_at,
    )


def _has_new_partner(before: Transaction | None, now: Transaction) -> bool:
    """Whether it tells of somebody whose later payments may wait to be theirs."""
    if before is None:
        return True
    told = ("partner_id", "partner_by", "subscription", "customer_id")
    return any(getattr(before, member) != getattr(now, member) for member in told)


def _texts(certain: tuple[Reference, ...], *more: str | None) -> list[str]:
    return [*(reference.reference for reference in certain), *(text for text in more if text)]
