"""What the payment provider reports: a sale, a refund, a dispute. One transaction per payment intent.

Events arrive in any order and more than once: the first makes the transaction, later ones fill what it lacked, and
each is judged alone, under a lock on every reference it names. What is booked here is provisional until the invoice
arrives (invoices.py).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self

from pydantic import AwareDatetime, model_validator

from ledger import tasks
from ledger.booking import attribution
from ledger.booking.outcome import Outcome, SaleState, look, settled
from ledger.database import TenantTransaction
from ledger.programme import campaigns, partners
from ledger.reasons import Reason
from ledger.sales import customers, refunds, sale_holds, transactions
from ledger.sales.customers import Customer, CustomerNames
from ledger.sales.references import hold_references, sales_with_reference
from ledger.sales.refunds import MoneyBack
from ledger.sales.sale_holds import SaleHold
from ledger.sales.transactions import Transaction
from ledger.types import EventState, Frozen, PartnerId, TransactionId

FOREIGN_CURRENCY = Reason.of("currency_not_euro")


SaleOutcome = Outcome


class SaleReport(Frozen):
    """A paid checkout. `tax_cents` is None where the provider has no tax data: then the base is the gross."""

    payment_intent: str | None = None
    checkout_session: str | None = None
    provider_invoice: str | None = None
    """By which a subscription's checkout and its first payment know each other: neither names the other."""
    subscription: str | None = None
    """Whose payment this is, at the provider; a plan may pay the first twelve only."""
    order_reference: str | None = None
    partner_code: str | None = None
    campaign_slug: str | None = None
    customer_external_id: str | None = None
    customer_email: str | None = None
    customer_name: str | None = None
    gross_cents: int
    tax_cents: int | None = None
    currency: str
    sold_at: AwareDatetime

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.payment_intent or self.checkout_session):
            raise ValueError("a sale names its payment intent or its checkout session")
        return self

    @property
    def customer(self) -> CustomerNames:
        """The names of the buyer, to find or to make a customer by."""
        return CustomerNames(external_id=self.customer_external_id, email=self.customer_email, name=self.customer_name)


class RefundReport(Frozen):
    """A charge of which something was given back. `refunded_cents` is all of it up to `as_of`, not this step.

    With `failed_refund`, the id of a refund that did not arrive, `refunded_cents` is what of it came back to the shop.
    """

    payment_intent: str
    charge_cents: int | None
    refunded_cents: int
    currency: str
    sold_at: AwareDatetime
    as_of: AwareDatetime
    failed_refund: str | None = None
    customer_email: str | None = None


class DisputeReport(Frozen):
    """A charge that the customer disputes with its bank. Won: the money stays or is back; lost: it is gone."""

    payment_intent: str
    dispute: str
    status: Literal["open", "won", "lost"]
    charge_cents: int | None
    """None where the provider names only what is disputed."""
    disputed_cents: int
    currency: str
    sold_at: AwareDatetime
    as_of: AwareDatetime


async def record_sale(tx: TenantTransaction, report: SaleReport) -> SaleOutcome:
    """What the report did. The sale is made, or filled up where one of its references is known.

    Locks the references for the transaction, so that two reports of one sale wait for each other.
    """
    if not _is_euro(report.currency):
        return SaleOutcome(state=EventState.FAILED, reason=FOREIGN_CURRENCY)
    if report.gross_cents <= 0:
        return SaleOutcome(state=EventState.IGNORED, reason=Reason.of("sale_without_amount"))
    named = (report.payment_intent, report.checkout_session, report.provider_invoice, report.order_reference)
    references = [ref for ref in named if ref]
    await hold_references(tx, references)
    known = await _known_sale(tx, references, report.payment_intent)
    before = await look(tx, known) if known else SaleState(sale=None)
    customer = await customers.remember(tx, report.customer)
    sale = await _fill(tx, before.sale, report, customer) if before.sale else await _insert(tx, report, customer)
    sale = await _attribute(tx, sale, report, customer)
    await attribution.hold_own_purchase(tx, before.sale, sale)
    return await settled(tx, before, sale.id)


async def record_refund(tx: TenantTransaction, report: RefundReport) -> SaleOutcome:
    """What was given back takes its share of the commissions; a refund that failed gives it back.

    A refund may arrive before its sale: then the sale is recorded as refunded, and stays so when it is reported.
    """
    if not _is_euro(report.currency):
        return SaleOutcome(state=EventState.FAILED, reason=FOREIGN_CURRENCY)
    gross = report.charge_cents or report.refunded_cents
    before, sale = await _sale_of_charge(tx, report.payment_intent, gross, report.sold_at)
    if report.customer_email and sale.customer_email is None:
        await tx.execute(
            "UPDATE transactions SET customer_email = $3 WHERE tenant_id = $1 AND id = $2",
            tx.tenant.id,
            sale.id,
            report.customer_email,
        )
    failed = report.failed_refund
    await refunds.record(
        tx,
        sale,
        MoneyBack(
            kind="refund_failed" if failed else "charge",
            reference=failed or report.payment_intent,
            cents=report.refunded_cents,
            of_cents=report.charge_cents,
            as_of=report.as_of,
        ),
    )
    return await settled(tx, before, sale.id)


async def record_dispute(tx: TenantTransaction, report: DisputeReport) -> SaleOutcome:
    """An open dispute holds the commissions, a won one frees them, a lost one is a refund."""
    if not _is_euro(report.currency):
        return SaleOutcome(state=EventState.FAILED, reason=FOREIGN_CURRENCY)
    gross = report.charge_cents or report.disputed_cents
    before, sale = await _sale_of_charge(tx, report.payment_intent, gross, report.sold_at)
    await refunds.record(
        tx,
        sale,
        MoneyBack(
            kind="dispute",
            reference=report.dispute,
            cents=report.disputed_cents,
            of_cents=report.charge_cents,
            counts=report.status == "lost",
            is_open=report.status == "open",
            as_of=report.as_of,
        ),
    )
    if await refunds.is_disputed(tx, sale.id):
        await sale_holds.hold(tx, sale.id, SaleHold.DISPUTE)
    else:
        await sale_holds.release(tx, sale.id, [SaleHold.DISPUTE])
    return await settled(tx, before, sale.id)


async def _known_sale(
    tx: TenantTransaction, references: Iterable[str], payment_intent: str | None
) -> TransactionId | None:
    """The sale of this payment, locked. A second payment for the same order is a sale of its own."""
    for transaction_id in await sales_with_reference(tx, references):
        sale = await transactions.lock(tx, transaction_id)
        if payment_intent is None or sale.payment_intent in (None, payment_intent):
            return transaction_id
    return None


async def _insert(tx: TenantTransaction, report: SaleReport, customer: Customer | None) -> Transaction:
    inserted = await tx.fetchval(
        """
        INSERT INTO transactions (tenant_id, source, payment_intent, checkout_session, order_reference, customer_id,
                                  customer_contact_id, customer_email, base_cents, tax_cents, gross_cents,
                                  provisional, sold_at, provider_invoice, subscription)
        VALUES ($1, 'stripe', $2, $3,
                CASE WHEN NOT EXISTS (SELECT 1 FROM transactions WHERE tenant_id = $1 AND order_reference = $4)
                     THEN $4 END,
                $5, $6, $7, $8, $9, $10, true, $11, $12, $13)
        RETURNING id
        """,
        tx.tenant.id,
        report.payment_intent,
        report.checkout_session,
        report.order_reference,
        customer and customer.id,
        customer and customer.lexoffice_contact_id,
        report.customer_email,
        report.gross_cents - _tax(report),
        _tax(report),
        report.gross_cents,
        report.sold_at,
        report.provider_invoice,
        report.subscription,
    )
    return await transactions.get(tx, TransactionId(inserted))


async def _fill(tx: TenantTransaction, sale: Transaction, report: SaleReport, customer: Customer | None) -> Transaction:
    """Only what is missing: what the invoice or an earlier event said stays."""
    gross, sold_at = sale.gross_cents, sale.sold_at
    if sale.provisional and sale.partner_id is None and sale.invoice_id is None:
        # Recorded when only a refund or a dispute was known, which need not name the whole charge, nor its day.
        gross, sold_at = max(gross, report.gross_cents), min(sold_at, report.sold_at)
    taxed_now = sale.provisional and sale.base_cents == sale.gross_cents and gross == report.gross_cents
    tax = _tax(report) if taxed_now else sale.tax_cents
    await tx.execute(
        """
        UPDATE transactions t SET payment_intent = COALESCE(payment_intent, $3),
               checkout_session = COALESCE(checkout_session,
                   CASE WHEN NOT EXISTS (SELECT 1 FROM transactions o WHERE o.tenant_id = $1 AND o.id <> $2
                                                                       AND o.checkout_session = $4) THEN $4 END),
               order_reference = COALESCE(order_reference,
                   CASE WHEN NOT EXISTS (SELECT 1 FROM transactions o WHERE o.tenant_id = $1 AND o.id <> $2
                                                                       AND o.order_reference = $5) THEN $5 END),
               customer_id = COALESCE(customer_id, $6), customer_contact_id = COALESCE(customer_contact_id, $7),
               customer_email = COALESCE(customer_email, $8), tax_cents = $9, base_cents = $10, gross_cents = $11,
               provider_invoice = COALESCE(provider_invoice, $12), subscription = COALESCE(subscription, $13),
               -- Counted anew among the payments of the subscription; what is final keeps its number.
               payment_number = CASE WHEN NOT (provisional AND subscription IS NULL AND $13::text IS NOT NULL)
                                     THEN payment_number END, sold_at = $14
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        report.payment_intent,
        report.checkout_session,
        report.order_reference,
        customer and customer.id,
        customer and customer.lexoffice_contact_id,
        report.customer_email,
        tax,
        gross - tax if taxed_now else sale.base_cents,
        gross,
        report.provider_invoice,
        report.subscription,
        sold_at,
    )
    if gross != sale.gross_cents:
        await refunds.recompute(tx, sale.id)
    return await transactions.get(tx, sale.id)


async def _attribute(
    tx: TenantTransaction, sale: Transaction, report: SaleReport, customer: Customer | None
) -> Transaction:
    """Give the sale the partner and the campaign that the report names; without a name, the customer's partner."""
    campaign = await campaigns.find_by_slug(tx, report.campaign_slug) if report.campaign_slug else None
    if report.campaign_slug and campaign is None:
        await _ask(tx, sale, "unknown_campaign", Reason.of("sale_names_unknown_campaign"))
        return sale
    partner_id = await _partner_of(tx, sale, report, customer)
    if partner_id is None:
        # Kept for the partner that only the invoice may name.
        return await attribution.name_campaign(tx, sale, campaign.id) if campaign else sale
    renamed = campaign is not None and campaign.id != sale.campaign_id and sale.provisional
    uncounted = sale.provisional and sale.subscription is not None and sale.payment_number is None
    if partner_id == sale.partner_id and not renamed and not uncounted:
        return sale
    kept = sale.campaign_id if partner_id == sale.partner_id or sale.partner_id is None else None
    return await attribution.bind(tx, sale, partner_id=partner_id, campaign_id=campaign.id if campaign else kept)


async def _partner_of(
    tx: TenantTransaction, sale: Transaction, report: SaleReport, customer: Customer | None
) -> PartnerId | None:
    """A code that nobody has leaves the sale without commissions and asks a person."""
    assigned = customer.assigned_partner_id if customer else None
    if report.partner_code is None:
        waits_for_a_person = sale.partner_id is None and await _asked(tx, sale, "unknown_partner_code")
        return sale.partner_id or (None if waits_for_a_person else assigned)
    named = await partners.find_by_code(tx, report.partner_code)
    if named is None:
        if sale.partner_id is None:
            await _ask(
                tx,
                sale,
                "unknown_partner_code",
                Reason.of("sale_names_unknown_partner"),
                actions=("assign_partner", "done"),
            )
        return sale.partner_id
    if sale.partner_id in (None, named.id):
        return named.id
    # Where the event without a name came first, what it took from the customer yields to the name.
    if sale.provisional and sale.partner_id == assigned:
        return named.id
    await _ask(tx, sale, "partner_differs", Reason.of("later_event_names_other_partner"))
    return sale.partner_id


async def _sale_of_charge(
    tx: TenantTransaction, payment_intent: str, charge_cents: int, sold_at: datetime
) -> tuple[SaleState, Transaction]:
    """The sale of a charge, as it was and locked; recorded now where its own report is still to come."""
    await hold_references(tx, [payment_intent])
    known = await _known_sale(tx, [payment_intent], payment_intent)
    if known is not None:
        before = await look(tx, known)
        assert before.sale is not None
        return before, before.sale
    first_sign = SaleReport(payment_intent=payment_intent, gross_cents=charge_cents, currency="EUR", sold_at=sold_at)
    return SaleState(sale=None), await _insert(tx, first_sign, None)


async def _ask(
    tx: TenantTransaction, sale: Transaction, kind: str, reason: Reason, actions: tuple[str, ...] = ("done",)
) -> None:
    await tasks.ask(
        tx,
        kind=kind,
        subject="transaction",
        subject_id=str(sale.id),
        reason=reason,
        actions=actions,
        links={"transaction_id": str(sale.id)},
    )


async def _asked(tx: TenantTransaction, sale: Transaction, kind: str) -> bool:
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM tasks WHERE tenant_id = $1 AND kind = $2 AND subject = 'transaction'
                                                AND subject_id = $3)
            """,
            tx.tenant.id,
            kind,
            str(sale.id),
        )
    )


def _is_euro(currency: str) -> bool:
    return currency.upper() == "EUR"


def _tax(report: SaleReport) -> int:
    return min(max(report.tax_cents or 0, 0), report.gross_cents)
