"""What easybill sends to an address: the whole thing, unsigned, in no order. It is a hint to fetch, nothing more.

The shape of the body is not documented [inf]. Receivers in the field read `{"event": …, "data": {…}}` and the bare
object; both are read here, as JSON or as a form.
"""

from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict

from httpcalls.json_bodies import NotJson, read_json

EVENT_HEADER: Final = "X-easybill-Event"
DELIVERY_HEADER: Final = "X-easybill-Webhook-Delivery"
PAYMENT_EVENTS: Final = ("document.payment_add", "document.payment_delete")
_LARGEST: Final = 2 * 1024 * 1024  # whole documents, 300 lines among them
_LONGEST_WORD: Final = 100
_ENVELOPES: Final = ("data", "document", "payload")


class NotAnEvent(ValueError):
    """A body that is no notification. `reason` is one of our own phrases and quotes nothing of the body."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Notification(BaseModel):
    """That something happened to a document. `document_id` is None where the event is about something else.

    `delivery` sorts deliveries by time (header X-easybill-Webhook-Delivery) and is good for nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: str
    document_id: int | None
    document_type: str | None
    delivery: str | None


def parse_notification(body: bytes, *, event: str | None, delivery: str | None) -> Notification:
    """Read a notification; `event` and `delivery` are the headers. Raises NotAnEvent, and nothing else."""
    if len(body) > _LARGEST:
        raise NotAnEvent("too large")
    told = _members(body)
    named = _word(event) or _word(told.get("event"))
    if named is None:
        raise NotAnEvent("the event is not named")
    data = _data(told)
    about_document = named.startswith("document.")
    payment = named in PAYMENT_EVENTS and "document_id" in data
    document_id = _id(data.get("document_id" if payment else "id")) if about_document else None
    if about_document and document_id is None:
        raise NotAnEvent("the document is not named")
    return Notification(
        event=named,
        document_id=document_id,
        document_type=None if payment else _word(data.get("type")),
        delivery=_word(delivery),
    )


def _members(body: bytes) -> dict[str, Any]:
    try:
        told = read_json(body)
    except NotJson:
        told = _form(body)
    if not isinstance(told, dict):
        raise NotAnEvent("no object")
    return told


def _form(body: bytes) -> object:
    """The members of a form; one that holds a whole object as JSON is that object."""
    try:
        pairs = dict(parse_qsl(body.decode("utf-8"), max_num_fields=1000))
    except ValueError:
        raise NotAnEvent("neither JSON nor a form") from None
    if not pairs:
        raise NotAnEvent("neither JSON nor a form")
    for name in _ENVELOPES:
        if name in pairs:
            try:
                return {"event": pairs.get("event"), name: read_json(pairs[name].encode())}
            except NotJson:
                raise NotAnEvent("no object") from None
    return pairs


def _data(told: dict[str, Any]) -> dict[str, Any]:
    for name in _ENVELOPES:
        if isinstance(inner := told.get(name), dict):
            return inner
    return told


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_WORD and value.isprintable() else None


def _id(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
        return None
    return value
