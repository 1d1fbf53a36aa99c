"""Event subscriptions as they are listed (lexoffice API, Event Subscriptions endpoint)."""

from uuid import UUID

from pydantic import Field

from lexoffice.wire import Time, Wire


class Subscription(Wire):
    """One event type, one address. A create answers `id`, the list `subscriptionId`; both mean this `id`."""

    id: UUID = Field(alias="subscriptionId")
    organization_id: UUID | None = None
    event_type: str
    callback_url: str = Field(repr=False)  # carries the receiver's secret
    created_date: Time | None = None
