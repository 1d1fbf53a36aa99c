"""Addresses that easybill sends to (REST API, Model/WebHook)."""

from typing import Annotated, Final, Literal

from pydantic import Field

from easybill.answers import Fetched
from easybill.wire import Flag, New, Several, Text, TimeOrNone, Wire, at_most
from httpcalls.json_bodies import write_json

SUBSCRIBED: Final = (
    "document.completed",
    "document.update",
    "document.deleted",
    "document.payment_add",
    "document.payment_delete",
)
"""The events that tell about the life of documents. `document.create` is left out: a draft is nothing yet."""


class LastResponse(Wire):
    """What the address answered to the last delivery."""

    date: TimeOrNone = None
    code: int | None = None


class Webhook(Fetched):
    """One address for several events."""

    url: str = Field(repr=False)  # carries the receiver's secret
    events: Several[str] = ()
    content_type: str | None = None
    description: str | None = None
    is_active: Flag = False
    last_response: LastResponse | None = None


class NewWebhook(New):
    """An address to send to. easybill wants a `secret`, and documents no signature that is made with it."""

    url: Annotated[Text, Field(min_length=1), at_most(1000)] = Field(repr=False)
    events: tuple[str, ...] = SUBSCRIBED
    content_type: Literal["json", "form"] = "json"
    description: Annotated[Text, at_most(200)]
    secret: Annotated[Text, Field(min_length=16), at_most(200)] = Field(repr=False)
    is_active: bool = True

    def body(self) -> bytes:
        """The JSON to send."""
        return write_json(self.model_dump())
