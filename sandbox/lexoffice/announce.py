"""Which notifications a change of a document sends, in both dialects."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from .chaos import disturb
from .clock import wire
from .delivery import Parcel
from .document import Document, Status
from .kinds import KindName
from .office import Office
from .organizations import Organization, Webhook

Action = Literal[
    "written",
    "written_finalized",
    "finalized",
    "settled",
    "part_paid",
    "unsettled",
    "part_unpaid",
    "voided",
    "cancelled",
    "reopened",
    "edited",
    "related",
    "deleted",
]

PAYMENT = "payment.changed"

# One click sends several notifications: `*.changed` may also mean a status change, and payments have
# their own event on top (§2.2). A name with a leading dot is completed by the
# document's kind: `.changed` of a credit note is `credit-note.changed`.
ANNOUNCED: dict[Action, tuple[str, ...]] = {
    "written": (".created",),
    "written_finalized": (".created", ".status.changed"),
    "finalized": (".status.changed", ".changed"),
    "settled": (".status.changed", ".changed", PAYMENT),
    "part_paid": (".changed", PAYMENT),
    "unsettled": (".status.changed", ".changed", PAYMENT),
    "part_unpaid": (".changed", PAYMENT),
    "voided": (".status.changed", ".changed"),
    "cancelled": (".status.changed", ".changed"),
    "reopened": (".status.changed", ".changed", PAYMENT),
    "edited": (".changed",),
    "related": (".changed",),
    "deleted": (".deleted",),
}

# The names of the chapter, which the real API does not know; one per status that a document reaches.
CHAPTER_EVENTS: dict[tuple[KindName, Status], str] = {
    ("invoice", "paid"): "invoice.status.paid",
    ("invoice", "voided"): "invoice.status.voided",
    ("credit-note", "paid"): "credit-note.status.paid",
    ("credit-note", "voided"): "credit-note.status.voided",
}


def document_changed(
    office: Office, organization: Organization, before: Document | None, after: Document, action: Action
) -> None:
    for name in ANNOUNCED[action]:
        event_type = after.kind_name + name if name.startswith(".") else name
        resource_event(office, organization, event_type, after.id, after.updated)
    arrived = before is None or before.status != after.status
    if arrived and organization.dialect == "chapter" and organization.webhook is not None:
        event = CHAPTER_EVENTS.get((after.kind_name, after.status))
        if action == "cancelled" and organization.cancel_event and event == "invoice.status.voided":
            event = "invoice.status.cancelled"
        if event is not None:
            reference = after.payments[-1].reference if after.status == "paid" and after.payments else None
            _by_webhook(office, organization, organization.webhook, event, after.id, reference)


def resource_event(office: Office, organization: Organization, event_type: str, resource: str, at: datetime) -> None:
    """To each subscription of this event: exactly four members, compact, in the documented order (§2.3)."""
    rows = office.store.rows(
        "SELECT id, callback_url FROM subscriptions WHERE organization = ? AND event_type = ? ORDER BY rowid",
        organization.organization_id,
        event_type,
    )
    body = _compact(
        {
            "organizationId": organization.organization_id,
            "eventType": event_type,
            "resourceId": resource,
            "eventDate": wire(at),
        }
    )
    for row in rows:
        _hand_over(
            office,
            Parcel(
                organization.organization_id,
                event_type,
                resource,
                row["callback_url"],
                body,
                subscription=row["id"],
            ),
        )


def _by_webhook(
    office: Office,
    organization: Organization,
    webhook: Webhook,
    event_type: str,
    resource: str,
    reference: str | None,
) -> None:
    """The chapter's delivery: a token instead of a signature, neither organisation nor date in the body."""
    body = {"eventType": event_type, "resourceId": resource}
    if reference is not None:
        body["paymentReference"] = reference
    url = webhook.url
    headers: tuple[tuple[str, str], ...] = ()
    match webhook.token_via:
        case "bearer":
            headers = (("Authorization", f"Bearer {webhook.token}"),)
        case "x-lexoffice-token":
            headers = (("X-Lexoffice-Token", webhook.token),)
        case "query":
            url += ("&" if "?" in url else "?") + urlencode({"token": webhook.token})
    _hand_over(
        office,
        Parcel(organization.organization_id, event_type, resource, url, _compact(body), signed=False, headers=headers),
    )


def _hand_over(office: Office, parcel: Parcel) -> None:
    for disturbed in disturb(office.store, parcel):
        office.courier.send(disturbed)


def _compact(body: dict[str, str]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
