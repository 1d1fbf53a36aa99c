"""An event of Stripe as a message: read, and judged by what it says of itself. Pure."""

import json

from api.actions.sources.message import Ignored, Message, Report, Terms
from api.actions.sources.stripe_events import TEST_EVENT, NotAStripeEvent, StripeEvent, read_event, report_of


def read(body: bytes, terms: Terms) -> Message:
    """One event. Raises NotAMessage (NotAStripeEvent)."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAStripeEvent from None
    if not isinstance(told, dict):
        raise NotAStripeEvent
    event = read_event(told)
    return Message(kind=event.type, id=event.id, at=event.created, account=event.account, report=_judged(event, terms))


def _judged(event: StripeEvent, terms: Terms) -> Report | Ignored | None:
    if not event.livemode and not terms.is_demo:
        return TEST_EVENT
    try:
        return report_of(event)
    except ValueError:
        return None
