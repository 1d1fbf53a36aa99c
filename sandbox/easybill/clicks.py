"""What a person does with a document in easybill, by hook or by mouse."""

from __future__ import annotations

from typing import Any

from . import documents, payments
from .call import Desk
from .errors import not_found
from .store import Thing

CLICKS = {
    "done": "Fertigstellen",
    "mark-paid": "Bezahlt markieren",
    "unpay": "Zahlungen löschen",
    "cancel": "Stornieren",
    "delete": "Löschen",
}


def offered(desk: Desk, document: Thing) -> list[str]:
    """The buttons that this document has now."""
    if document["is_draft"]:
        return ["done", "delete"]
    if document["type"] not in documents.CANCELLED_BY:
        return []
    paid = ["unpay"] if document["paid_amount"] else ["mark-paid"]
    return paid if documents.cancelling(desk, document) else [*paid, "cancel"]


def click(desk: Desk, document: Thing, what: str, told: dict[str, Any]) -> Thing:
    """Do it; the document as it is then, or what cancels it. Raises Refused (404 for no such button)."""
    match what:
        case "done":
            return documents.finish(desk, document)
        case "mark-paid":
            rest = document["amount"] - document["paid_amount"]
            return payments.add(desk, {"document_id": document["id"], "amount": rest} | told)
        case "unpay":
            for payment in desk.store.all(desk.account.id, "payments"):
                if payment["document_id"] == document["id"]:
                    payments.remove(desk, payment)
            return desk.get("documents", document["id"])
        case "cancel":
            return documents.cancel(desk, document)
        case "delete":
            documents.remove(desk, document)
            return document
        case _:
            raise not_found()
