"""What Stripe's objects say of a payment: session, payment intent, invoice and payment of an invoice. Pure.

One purchase is told by several of them, in any order. Since API version 2025-03-31 an invoice names no payment intent
and a payment intent no invoice: `invoice_payment.paid` names both, and `payment_details.order_reference` of a payment
intent the invoice (`in_…`) or the session (`cs_…`) that it pays. The members of older versions are read as well.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from api.actions.sources.members import (
    coupons,
    currency,
    id_of,
    instant,
    listed,
    mail,
    members,
    metadata,
    name,
    order_reference,
    sold_line,
    text,
    units,
)
from api.actions.sources.message import Ignored
from api.actions.sources.stripe_reading import NO_AMOUNT, NO_PAYMENT_INTENT, NOT_PAID_YET, StripeEvent
from ledger.booking.provider_reports import SaleReport
from ledger.money import round_half_away
from ledger.programme.product_rates import SoldLine
from ledger.sales.references import Reference
from ledger.sales.sale_reports import MOST_LINES

# What Stripe writes into `payment_details.order_reference` where the shop does not: a product is sold many times.
_NO_ORDER = ("prod_", "price_", "plink_", "sub_")


def of_completed_session(event: StripeEvent) -> SaleReport | Ignored:
    """A trial or a free order costs nothing: its session tells whose the later payments are."""
    if event.object.get("payment_status") not in ("paid", "no_payment_required"):
        return NOT_PAID_YET
    return of_session(event)


def of_session(event: StripeEvent) -> SaleReport | Ignored:
    session = event.object
    free = session.get("payment_status") == "no_payment_required"
    total = 0 if free else units(session.get("amount_total"))
    if total is None:
        return NO_AMOUNT
    details = members(session.get("customer_details"))
    return SaleReport(
        told_by="checkout_session",
        payment_intent=id_of(session.get("payment_intent")),
        checkout_session=text(session.get("id")),
        provider_invoice=id_of(session.get("invoice")),
        subscription=id_of(session.get("subscription")) or metadata(session, "subscription"),
        order_reference=order_reference(session),
        shop_reference=name(session.get("client_reference_id")),
        partner_code=metadata(session, "partner"),
        coupons=_coupons(session),
        campaign_slug=metadata(session, "campaign"),
        customer_external_id=id_of(session.get("customer")),
        customer_email=mail(details.get("email")) or mail(session.get("customer_email")),
        customer_name=name(details.get("name")),
        gross_cents=total,
        tax_cents=_tax_of_session(session),
        currency=currency(session),
        lines=tuple(_lines_of_session(session, total)),
        sold_at=event.created,
    )


def of_payment_intent(event: StripeEvent) -> SaleReport | Ignored:
    intent = event.object
    received = units(intent.get("amount_received"))
    if received is None:
        return NO_AMOUNT
    paid_for = text(members(intent.get("payment_details")).get("order_reference")) or ""
    order = order_reference(intent)
    if order is None and not paid_for.startswith(("in_", "cs_", *_NO_ORDER)):
        order = paid_for or None
    return SaleReport(
        told_by="payment_intent",
        payment_intent=text(intent.get("id")),
        checkout_session=paid_for if paid_for.startswith("cs_") else None,
        provider_invoice=id_of(intent.get("invoice")) or (paid_for if paid_for.startswith("in_") else None),
        more_references=_references(("charge", id_of(intent.get("latest_charge")))),
        subscription=metadata(intent, "subscription"),
        order_reference=order,
        partner_code=metadata(intent, "partner"),
        campaign_slug=metadata(intent, "campaign"),
        customer_external_id=id_of(intent.get("customer")),
        customer_email=mail(intent.get("receipt_email")),
        gross_cents=received,
        tax_cents=None,
        currency=currency(intent),
        sold_at=event.created,
    )


def of_invoice(event: StripeEvent) -> SaleReport | Ignored:
    """A payment of a subscription. It brings what the payment itself does not name: subscription, customer, tax.

    Booked by the invoice's own id; the payments that it names are references of the same sale.
    """
    invoice = event.object
    paid = units(invoice.get("amount_paid"))
    if paid is None:
        return NO_AMOUNT
    subscribed = members(members(invoice.get("parent")).get("subscription_details")) or members(
        invoice.get("subscription_details")
    )
    payments = [members(one.get("payment")) for one in listed(invoice.get("payments"))]
    intents = [id_of(invoice.get("payment_intent")), *(id_of(one.get("payment_intent")) for one in payments)]
    charges = [id_of(invoice.get("charge")), *(id_of(one.get("charge")) for one in payments)]
    if text(invoice.get("id")) is None and not any(intents):
        return NO_PAYMENT_INTENT
    return SaleReport(
        told_by="provider_invoice" if text(invoice.get("id")) else "payment_intent",
        payment_intent=next((intent for intent in intents if intent), None),
        provider_invoice=text(invoice.get("id")),
        more_references=_references(
            *(("payment_intent", intent) for intent in intents), *(("charge", charge) for charge in charges)
        ),
        subscription=id_of(invoice.get("subscription"))
        or id_of(subscribed.get("subscription"))
        or metadata(invoice, "subscription"),
        # Those of the subscription are the same with each payment; an order reference is one payment's.
        order_reference=order_reference(invoice),
        partner_code=metadata(invoice, "partner") or metadata(subscribed, "partner"),
        further_code=metadata(subscribed, "partner"),
        coupons=_coupons(invoice),
        campaign_slug=metadata(invoice, "campaign") or metadata(subscribed, "campaign"),
        customer_external_id=id_of(invoice.get("customer")),
        customer_email=mail(invoice.get("customer_email")),
        customer_name=name(invoice.get("customer_name")),
        gross_cents=paid,
        tax_cents=_tax_of_invoice(invoice, paid),
        currency=currency(invoice),
        lines=tuple(islice(_lines_of_invoice(invoice, paid), MOST_LINES)),
        sold_at=event.created,
    )


def of_invoice_payment(event: StripeEvent) -> SaleReport | Ignored:
    """What connects an invoice and its payment where neither names the other."""
    told = event.object
    if told.get("status") not in (None, "paid"):
        return NOT_PAID_YET
    payment, invoice, paid = members(told.get("payment")), id_of(told.get("invoice")), units(told.get("amount_paid"))
    if paid is None:
        return NO_AMOUNT
    intent = id_of(payment.get("payment_intent"))
    if invoice is None and intent is None:
        return NO_PAYMENT_INTENT
    return SaleReport(
        told_by="invoice_payment",
        payment_intent=intent,
        provider_invoice=invoice,
        more_references=_references(
            ("invoice_payment", text(told.get("id"))), ("charge", id_of(payment.get("charge")))
        ),
        gross_cents=paid,
        currency=currency(told),
        sold_at=instant(members(told.get("status_transitions")).get("paid_at")) or event.created,
    )


def _lines_of_invoice(invoice: dict[str, Any], paid: int) -> Iterator[SoldLine]:
    """By price, then product: `pricing.price_details` since API version 2025-03-31, `price` before. Their amounts are
    without tax where that is added, and before discounts: each is its share of what was paid."""
    told = [(line, amount) for line in listed(invoice.get("lines")) if (amount := units(line.get("amount")))]
    whole, before = sum(amount for _, amount in told), 0
    for line, amount in told:
        details, price = members(members(line.get("pricing")).get("price_details")), members(line.get("price"))
        share = paid * (before + amount) // whole - paid * before // whole
        before += amount
        yield sold_line(
            share,
            id_of(details.get("price")) or id_of(price),
            id_of(details.get("product")) or id_of(price.get("product")),
            metadata(line, "product"),
            category=metadata(line, "category"),
        )


def _lines_of_session(session: dict[str, Any], total: int) -> Iterator[SoldLine]:
    """An event brings no items of a session: what the shop wrote into its metadata stands for all of it."""
    product, category = metadata(session, "product"), metadata(session, "category")
    if product or category:
        yield sold_line(total, product, category=category)


def _coupons(thing: dict[str, Any]) -> tuple[str, ...]:
    """By every name that Stripe has for a discount: the code that people type where it is expanded, the id of its
    promotion code, the coupon's id and name. Which of them a partner's coupon is kept under is the tenant's choice."""
    broken_down = members(members(thing.get("total_details")).get("breakdown"))
    told = [
        members(thing.get("discount")),
        *listed(thing.get("discounts")),
        *(members(one.get("discount")) for one in listed(broken_down.get("discounts"))),
    ]
    names: list[Any] = []
    for one in told:
        coupon = one.get("coupon") or members(one.get("source")).get("coupon")
        promotion = one.get("promotion_code")
        names += [members(promotion).get("code"), id_of(promotion), id_of(coupon), members(coupon).get("name")]
    return coupons(*names)


def _references(*named: tuple[str, str | None]) -> tuple[Reference, ...]:
    return tuple(Reference(kind=kind, reference=reference) for kind, reference in dict.fromkeys(named) if reference)


def _tax_of_session(session: dict[str, Any]) -> int | None:
    """None where Stripe computed no tax: then the base is the gross, and provisional."""
    tax = units(members(session.get("total_details")).get("amount_tax"))
    computed = members(session.get("automatic_tax")).get("status") == "complete"
    return tax if computed or tax else None


def _tax_of_invoice(invoice: dict[str, Any], paid: int) -> int | None:
    """What was paid from the customer's balance carries its share of the tax."""
    tax = units(invoice.get("tax"))
    if tax is None:
        amounts = [units(one.get("amount")) for one in _taxes(invoice)]
        tax = sum(amount for amount in amounts if amount is not None) if amounts else None
    total = units(invoice.get("total"))
    if tax is None or total is None or paid >= total:
        return tax
    return round_half_away(Decimal(tax) * paid / total)


def _taxes(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    return list(listed(invoice.get("total_taxes") or invoice.get("total_tax_amounts")))
