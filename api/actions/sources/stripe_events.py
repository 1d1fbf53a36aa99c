"""What an event of Stripe says, in the ledger's words. Pure: a verified event in, a report or a reason out."""

from collections.abc import Callable

from api.actions.sources.message import NOT_HANDLED, Ignored, Report
from api.actions.sources.stripe_money_back import of_dispute, of_failed_refund, of_refunded_charge
from api.actions.sources.stripe_payments import (
    of_completed_session,
    of_invoice,
    of_invoice_payment,
    of_payment_intent,
    of_session,
)
from api.actions.sources.stripe_reading import (
    FAILED_PAYMENT,
    NO_PAYMENT_INTENT,
    TEST_EVENT,
    THIN_EVENT,
    NotAStripeEvent,
    StripeEvent,
    read_event,
)

__all__ = [
    "EVENTS",
    "NOT_HANDLED",
    "NO_PAYMENT_INTENT",
    "TEST_EVENT",
    "THIN_EVENT",
    "Ignored",
    "NotAStripeEvent",
    "Report",
    "StripeEvent",
    "read_event",
    "report_of",
]


def report_of(event: StripeEvent) -> Report | Ignored:
    """What is to be booked. Raises ValueError for an object that contradicts its type."""
    if event.is_thin:
        return THIN_EVENT
    read = _READ.get(event.type)
    return NOT_HANDLED if read is None else read(event)


_READ: dict[str, Callable[[StripeEvent], Report | Ignored]] = {
    "checkout.session.completed": of_completed_session,
    "checkout.session.async_payment_succeeded": of_session,
    "checkout.session.async_payment_failed": lambda _: FAILED_PAYMENT,
    "payment_intent.succeeded": of_payment_intent,
    "invoice.paid": of_invoice,
    "invoice_payment.paid": of_invoice_payment,
    "charge.refunded": of_refunded_charge,
    "refund.failed": of_failed_refund,
    "refund.updated": of_failed_refund,
    "charge.refund.updated": of_failed_refund,
    "charge.dispute.created": of_dispute,
    "charge.dispute.updated": of_dispute,
    "charge.dispute.closed": of_dispute,
    "charge.dispute.funds_reinstated": of_dispute,
}
_OLDER_NAMES = {"charge.refund.updated"}
"""Of endpoints with an API version before 2024-10-28; who adds one now needs only the other."""

EVENTS = tuple(kind for kind in _READ if kind not in _OLDER_NAMES)
"""What an endpoint at Stripe is to be set up for."""
