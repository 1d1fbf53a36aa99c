"""Payments on documents: their sum is what a document shows as paid."""

from __future__ import annotations

from typing import Any

from .call import Call, Desk
from .clock import is_day, now, today
from .errors import Answer, Refused, invalid, json_answer
from .lists import day, equal, page_of
from .store import Thing


def add(desk: Desk, told: dict[str, Any], *, counts_as_paid: bool = False) -> Thing:
    """Record one. `counts_as_paid`: the document is paid though less came. Raises Refused (400)."""
    amount, number = told.get("amount"), told.get("document_id")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount == 0:
        raise invalid(amount="whole cents, not 0")
    document = desk.store.get(desk.account.id, "documents", number) if isinstance(number, int) else None
    if document is None:
        raise invalid(document_id="unknown")
    if document["is_draft"]:
        raise Refused(400, "The document is a draft.")
    paid_on = told.get("payment_at") or today().isoformat()
    if not is_day(paid_on):
        raise invalid(payment_at="no day")
    with desk.store.transaction():
        payment = desk.add(
            "payments",
            {
                "amount": amount,
                "document_id": number,
                "payment_at": paid_on,
                "is_overdue_fee": bool(told.get("is_overdue_fee")),
                "login_id": desk.account.login_id,
                **{name: told.get(name) or "" for name in ("notice", "type", "provider", "reference")},
            },
        )
        _sum_up(desk, document, counts_as_paid)
    desk.tell("document.payment_add", payment)
    desk.tell("document.update", document)
    return payment


def remove(desk: Desk, payment: Thing) -> None:
    with desk.store.transaction():
        desk.store.delete(payment["id"])
        document = desk.get("documents", payment["document_id"])
        _sum_up(desk, document, False)
    desk.tell("document.payment_delete", payment)
    desk.tell("document.update", document)


def _sum_up(desk: Desk, document: Thing, counts_as_paid: bool) -> None:
    on_it = [
        payment for payment in desk.store.all(desk.account.id, "payments") if payment["document_id"] == document["id"]
    ]
    paid = sum(payment["amount"] for payment in on_it)
    if counts_as_paid and abs(paid) < abs(document["amount"]):
        paid = document["amount"]
    whole = bool(on_it) and abs(paid) >= abs(document["amount"])
    last = max((payment["payment_at"] for payment in on_it), default=None)
    document |= {"paid_amount": paid, "paid_at": last if whole else None, "edited_at": now()}
    desk.store.put(document)


async def post(call: Call) -> Answer:
    counts = (call.query.get("paid") or ["false"])[0].lower() in ("1", "true")
    payment = add(call.desk, call.told(), counts_as_paid=counts)
    return json_answer(201, payment, payment["id"])


async def get(call: Call) -> Answer:
    return json_answer(200, call.desk.get("payments", call.number))


async def get_all(call: Call) -> Answer:
    filters = {"document_id": equal("document_id"), "reference": equal("reference"), "payment_at": day("payment_at")}
    return page_of(call.listed("payments"), call.query, filters)


async def delete(call: Call) -> Answer:
    remove(call.desk, call.desk.get("payments", call.number))
    return Answer(204)
