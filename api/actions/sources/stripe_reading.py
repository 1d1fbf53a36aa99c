"""An event of Stripe as it arrives: its envelope, and why nothing may follow from it. Pure."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.actions.sources.members import instant, text
from api.actions.sources.message import Ignored, NotAMessage
from ledger.reasons import Reason


class StripeEvent(NamedTuple):
    id: str
    type: str
    created: datetime
    livemode: bool
    account: str
    object: dict[str, Any]
    """Empty in a thin event, which only names what has changed."""
    is_thin: bool = False


class NotAStripeEvent(NotAMessage):
    """Signed, but without the members that every event of Stripe has."""


NOT_PAID_YET = Ignored(Reason.of("stripe_payment_pending"))
FAILED_PAYMENT = Ignored(Reason.of("stripe_payment_failed"))
NOT_CAPTURED = Ignored(Reason.of("stripe_nothing_captured"))
NO_PAYMENT_INTENT = Ignored(Reason.of("stripe_names_no_payment"))
NO_AMOUNT = Ignored(Reason.of("stripe_names_no_amount"))
TEST_EVENT = Ignored(Reason.of("stripe_test_event"))
THIN_EVENT = Ignored(Reason.of("stripe_thin_event"))


def read_event(told: dict[str, Any], *, now: datetime | None = None) -> StripeEvent:
    """What an event of Stripe says, in our words.

    Raises NotAStripeEvent.

    A thin event (Stripe's API v2, `object` = `v2.core.event`) has no `data.object`, and its time is text.
    """
    data = told.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    id_, kind, created = text(told.get("id")), text(told.get("type")), told.get("created")
    if id_ is None or kind is None:
        raise NotAStripeEvent
    is_thin = not isinstance(thing, dict)
    at = instant(created) or (_moment(created) if is_thin else None)
    if at is None and is_thin:
        at = now or datetime.now(UTC)
    if at is None:
        raise NotAStripeEvent
    return StripeEvent(
        id=id_,
        type=kind,
        created=at,
        livemode=told.get("livemode") is True,
        # Never empty: a repeat is known by account, type, id and date together.
        account=text(told.get("account")) or "self",
        object=thing if isinstance(thing, dict) else {},
        is_thin=is_thin,
    )


def _moment(value: Any) -> datetime | None:
    """As in `2024-09-17T06:20:52.246Z`; None for what is none of this century."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and 2000 < at.year < 2100 else None
