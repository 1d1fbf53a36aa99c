"""What an event of Stripe says, in the ledger's words. Pure: a verified event in, a report or a reason out.

Money arrives as whole cents. Ids and codes are taken as text of a bounded length; anything else counts as absent.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ledger.booking.provider_reports import DisputeReport, RefundReport, SaleReport
from ledger.programme.partners import CODE_PATTERN
from ledger.reasons import Reason

Report = SaleReport | RefundReport | DisputeReport


class Ignored(NamedTuple):
    """Nothing is booked, and why."""

    because: Reason


class StripeEvent(NamedTuple):
    id: str
    type: str
    created: datetime
    livemode: bool
    account: str
    object: dict[str, Any]


class NotAStripeEvent(ValueError):
    """Signed, but without the members that every event of Stripe has."""


NOT_PAID_YET = Ignored(Reason.of("stripe_payment_pending"))
NOT_HANDLED = Ignored(Reason.of("event_type_not_handled"))
FAILED_PAYMENT = Ignored(Reason.of("stripe_payment_failed"))
NO_PAYMENT_INTENT = Ignored(Reason.of("stripe_names_no_payment"))
NO_AMOUNT = Ignored(Reason.of("stripe_names_no_amount"))
TEST_EVENT = Ignored(Reason.of("stripe_test_event"))


def read_event(told: dict[str, Any]) -> StripeEvent:
    """Raises NotAStripeEvent."""
    data = told.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    id_, kind, created = _text(told.get("id")), _text(told.get("type")), told.get("created")
    if not isinstance(thing, dict) or id_ is None or kind is None:
        raise NotAStripeEvent
    if (at := _instant(created)) is None:
        raise NotAStripeEvent
    return StripeEvent(
        id=id_,
        type=kind,
        created=at,
        livemode=told.get("livemode") is True,
        # Never empty: a repeat is known by account, type, id and date together.
        account=_text(told.get("account")) or "self",
        object=thing,
    )


def report_of(event: StripeEvent) -> Report | Ignored:
    """What is to be booked. Raises ValueError for an object that contradicts its type."""
    read = _READ.get(event.type)
    return NOT_HANDLED if read is None else read(event)


def _of_completed_session(event: StripeEvent) -> SaleReport | Ignored:
    return _of_session(event) if event.object.get("payment_status") == "paid" else NOT_PAID_YET


def _of_session(event: StripeEvent) -> SaleReport | Ignored:
    session = event.object
    total = _cents(session.get("amount_total"))
    if total is None:
        return NO_AMOUNT
    details = _members(session.get("customer_details"))
    return SaleReport(
        payment_intent=_id(session.get("payment_intent")),
        checkout_session=_text(session.get("id")),
        provider_invoice=_id(session.get("invoice")),
        subscription=_id(session.get("subscription")) or _metadata(session, "subscription"),
        order_reference=_order_reference(session),
        partner_code=_partner(session, session.get("client_reference_id")),
        campaign_slug=_metadata(session, "campaign"),
        customer_external_id=_id(session.get("customer")),
        customer_email=_text(details.get("email")) or _text(session.get("customer_email")),
        customer_name=_text(details.get("name")),
        gross_cents=total,
        tax_cents=_tax(session),
        currency=_text(session.get("currency")) or "",
        sold_at=event.created,
    )


def _of_payment_intent(event: StripeEvent) -> SaleReport | Ignored:
    intent = event.object
    received = _cents(intent.get("amount_received"))
    if received is None:
        return NO_AMOUNT
    return SaleReport(
        payment_intent=_text(intent.get("id")),
        provider_invoice=_id(intent.get("invoice")),
        subscription=_metadata(intent, "subscription"),
        order_reference=_order_reference(intent),
        partner_code=_partner(intent, None),
        campaign_slug=_metadata(intent, "campaign"),
        customer_external_id=_id(intent.get("customer")),
        customer_email=_text(intent.get("receipt_email")),
        gross_cents=received,
        tax_cents=None,
        currency=_text(intent.get("currency")) or "",
        sold_at=event.created,
    )


def _of_invoice(event: StripeEvent) -> SaleReport | Ignored:
    """A payment of a subscription. It brings what the payment itself does not name: subscription, customer, tax.

    Members were moved by Stripe's API version 2025-03-31; both forms are read.
    """
    invoice = event.object
    paid, intent = _cents(invoice.get("amount_paid")), _payment_of(invoice)
    if paid is None:
        return NO_AMOUNT
    if intent is None:
        return NO_PAYMENT_INTENT
    details = _members(_members(invoice.get("parent")).get("subscription_details")) or _members(
        invoice.get("subscription_details")
    )
    return SaleReport(
        payment_intent=intent,
        provider_invoice=_text(invoice.get("id")),
        subscription=_id(invoice.get("subscription"))
        or _id(details.get("subscription"))
        or _metadata(invoice, "subscription"),
        # Those of the subscription are the same with each payment; an order reference is one payment's.
        order_reference=_order_reference(invoice),
        partner_code=_partner(invoice, None) or _partner(details, None),
        campaign_slug=_metadata(invoice, "campaign") or _metadata(details, "campaign"),
        customer_external_id=_id(invoice.get("customer")),
        customer_email=_text(invoice.get("customer_email")),
        customer_name=_text(invoice.get("customer_name")),
        gross_cents=paid,
        tax_cents=_tax_of_invoice(invoice),
        currency=_text(invoice.get("currency")) or "",
        sold_at=event.created,
    )


def _payment_of(invoice: dict[str, Any]) -> str | None:
    """The payment intent; of several payments none, because each is a sale of its own."""
    if intent := _id(invoice.get("payment_intent")):
        return intent
    listed = _members(invoice.get("payments")).get("data")
    if not isinstance(listed, list) or len(listed) != 1:
        return None
    return _id(_members(_members(listed[0]).get("payment")).get("payment_intent"))


def _tax_of_invoice(invoice: dict[str, Any]) -> int | None:
    if (tax := _cents(invoice.get("tax"))) is not None:
        return tax
    listed = invoice.get("total_taxes") or invoice.get("total_tax_amounts")
    if not isinstance(listed, list):
        return None
    amounts = [_cents(_members(one).get("amount")) for one in listed]
    return sum(amount for amount in amounts if amount is not None) if listed else None


def _of_refund(event: StripeEvent) -> RefundReport | Ignored:
    charge = event.object
    intent, amount, refunded = (
        _id(charge.get("payment_intent")),
        _cents(charge.get("amount")),
        _cents(charge.get("amount_refunded")),
    )
    if intent is None:
        return NO_PAYMENT_INTENT
    if amount is None or refunded is None:
        return NO_AMOUNT
    return RefundReport(
        payment_intent=intent,
        charge_cents=amount,
        refunded_cents=refunded,
        currency=_text(charge.get("currency")) or "",
        sold_at=_instant(charge.get("created")) or event.created,
        as_of=event.created,
        customer_email=_text(_members(charge.get("billing_details")).get("email"))
        or _text(charge.get("receipt_email")),
    )


def _of_failed_refund(event: StripeEvent) -> RefundReport | Ignored:
    """A refund that failed or was taken back. One that went through is told by its charge."""
    refund = event.object
    intent, amount, id_ = _id(refund.get("payment_intent")), _cents(refund.get("amount")), _text(refund.get("id"))
    if refund.get("status") not in ("failed", "canceled"):
        return NOT_HANDLED
    if intent is None or id_ is None:
        return NO_PAYMENT_INTENT
    if amount is None:
        return NO_AMOUNT
    return RefundReport(
        payment_intent=intent,
        charge_cents=_cents(_members(refund.get("charge")).get("amount")),
        refunded_cents=amount,
        currency=_text(refund.get("currency")) or "",
        sold_at=event.created,
        as_of=event.created,
        failed_refund=id_,
    )


_DECIDED = {"lost": "lost", "won": "won", "warning_closed": "won", "prevented": "won"}


def _of_dispute(event: StripeEvent) -> DisputeReport | Ignored:
    dispute = event.object
    intent, amount = _id(dispute.get("payment_intent")), _cents(dispute.get("amount"))
    if intent is None:
        return NO_PAYMENT_INTENT
    if amount is None:
        return NO_AMOUNT
    told = _text(dispute.get("status")) or ""
    # Won on appeal, or given back by the customer's bank: the money is there again.
    reinstated = event.type == "charge.dispute.funds_reinstated"
    closed = event.type == "charge.dispute.closed"
    status = "won" if reinstated else _DECIDED.get(told, "won" if closed else "open")
    charge = _members(dispute.get("charge"))  # an id, unless it is expanded
    return DisputeReport.model_validate(
        {
            "payment_intent": intent,
            "dispute": _text(dispute.get("id")) or intent,
            "status": status,
            "charge_cents": _cents(charge.get("amount")),
            "disputed_cents": amount,
            "currency": _text(dispute.get("currency")) or "",
            "sold_at": event.created,
            "as_of": event.created,
        }
    )


def _partner(thing: dict[str, Any], reference: Any) -> str | None:
    """`client_reference_id` where it can be a code at all (shops put order numbers there), else the metadata."""
    code = _text(reference)
    if code is not None and re.fullmatch(CODE_PATTERN, code.strip().upper()):
        return code.strip().upper()
    return _metadata(thing, "partner")


def _order_reference(thing: dict[str, Any]) -> str | None:
    return _metadata(thing, "order_reference")


def _metadata(thing: dict[str, Any], name: str) -> str | None:
    return _text(_members(thing.get("metadata")).get(name))


def _tax(session: dict[str, Any]) -> int | None:
    """None where Stripe computed no tax: then the base is the gross, and provisional."""
    tax = _cents(_members(session.get("total_details")).get("amount_tax"))
    computed = _members(session.get("automatic_tax")).get("status") == "complete"
    return tax if computed or tax else None


def _members(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> str | None:
    """An id, or the id of what was expanded in its place."""
    return _text(value.get("id") if isinstance(value, dict) else value)


def _text(value: Any, longest: int = 200) -> str | None:
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        return None
    return value.strip()


def _instant(value: Any) -> datetime | None:
    """Seconds since 1970, of four bytes: what is larger is no time of Stripe's, and overflows later on."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        return None
    return datetime.fromtimestamp(value, UTC)


def _cents(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**13 else None


_READ: dict[str, Callable[[StripeEvent], Report | Ignored]] = {
    "checkout.session.completed": _of_completed_session,
    "checkout.session.async_payment_succeeded": _of_session,
    "checkout.session.async_payment_failed": lambda _: FAILED_PAYMENT,
    "payment_intent.succeeded": _of_payment_intent,
    "invoice.paid": _of_invoice,
    "charge.refunded": _of_refund,
    "refund.failed": _of_failed_refund,
    "refund.updated": _of_failed_refund,
    "charge.refund.updated": _of_failed_refund,
    "charge.dispute.created": _of_dispute,
    "charge.dispute.updated": _of_dispute,
    "charge.dispute.closed": _of_dispute,
    "charge.dispute.funds_reinstated": _of_dispute,
}
_OLDER_NAMES = {"charge.refund.updated"}
"""Of endpoints with an API version before 2024-10-28; who adds one now needs only the other."""

EVENTS = tuple(kind for kind in _READ if kind not in _OLDER_NAMES)
"""What an endpoint at Stripe is to be set up for."""
