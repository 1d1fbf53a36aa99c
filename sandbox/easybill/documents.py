"""Documents: a draft, then done with a number, then perhaps cancelled by another document."""

from __future__ import annotations

from typing import Any

from sandbox import plain_pdf

from . import customers
from .call import Call, Desk
from .clock import is_day, now, today
from .errors import Answer, Refused, invalid, json_answer
from .lists import day, equal, flag, page_of
from .store import Thing
from .totals import reckon

CANCELLED_BY = {"INVOICE": "STORNO", "CREDIT": "STORNO_CREDIT"}
TYPES = ("INVOICE", "CREDIT", "OFFER", "ORDER", "DELIVERY", "LETTER", "PROFORMA_INVOICE")
VAT_OPTIONS = (
    None, "NULL", "nStb", "nStbUstID", "nStbNoneUstID", "nStbIm", "revc", "IG", "AL", "sStfr", "smallBusiness",
)  # fmt: skip
PREFIX = {"INVOICE": "RE", "CREDIT": "GS", "STORNO": "ST", "STORNO_CREDIT": "SG"}
TEXTS = (
    "external_id",
    "order_number",
    "buyer_reference",
    "title",
    "text",
    "text_prefix",
    "text_tax",
    "contact_label",
    "contact_text",
)
_ADDRESS = ("company_name", "first_name", "last_name", "street", "zip_code", "city", "country")
_SNAPSHOT = (
    "id",
    "number",
    "company_name",
    "first_name",
    "last_name",
    "emails",
    "street",
    "zip_code",
    "city",
    "country",
    "vat_identifier",
    "tax_number",
    "personal",
    "info_1",
    "info_2",
    "note",
    "display_name",
)


def create(desk: Desk, told: dict[str, Any]) -> Thing:
    """A draft. Raises Refused (400)."""
    kind = told.get("type") or "INVOICE"
    if kind not in TYPES:
        raise invalid(type="unknown")
    made = now()
    document: Thing = {
        "type": kind,
        "number": None,
        "is_draft": True,
        "is_archive": False,
        "is_replica": bool(told.get("is_replica")),
        "currency": told.get("currency") or "EUR",
        "cancel_id": None,
        "ref_id": told.get("ref_id"),
        "root_id": None,
        "paid_amount": 0,
        "paid_at": None,
        "created_at": made,
        "edited_at": made,
        "status": None,
        "login_id": desk.account.login_id,
    }
    _fill(desk, document, told)
    kept = desk.add("documents", document)
    desk.tell("document.create", kept)
    return kept


def _fill(desk: Desk, document: Thing, told: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    document |= {name: told.get(name, document.get(name)) for name in TEXTS}
    document["customer_id"] = told.get("customer_id", document.get("customer_id"))
    document["document_date"] = told.get("document_date", document.get("document_date")) or today().isoformat()
    document["vat_option"] = told.get("vat_option", document.get("vat_option"))
    document["calc_vat_from"] = told.get("calc_vat_from", document.get("calc_vat_from")) or 0
    document["service_date"] = told.get("service_date", document.get("service_date")) or {"type": "DEFAULT"}
    if not is_day(document["document_date"]):
        wrong["document_date"] = "no day"
    if document["vat_option"] not in VAT_OPTIONS:
        wrong["vat_option"] = "unknown"
    customer = desk.store.get(desk.account.id, "customers", document["customer_id"] or 0)
    if customer is None:
        wrong["customer_id"] = "unknown"
    if wrong:
        raise invalid(**wrong)
    assert customer is not None
    document["customer_snapshot"] = {name: customer.get(name) for name in _SNAPSHOT}
    document["address"] = {name: customer.get(name) for name in _ADDRESS}
    document["vat_id"] = customer.get("vat_identifier") or ""
    _fill_items(desk, document, told)


def _fill_items(desk: Desk, document: Thing, told: dict[str, Any]) -> None:
    given = told.get("items", document.get("items")) or []
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise invalid(items="a list of objects")
    document["items"] = [
        {
            "id": item.get("id") or desk.store.count_up(0, "items"),
            "type": item.get("type") or "POSITION",
            "item_type": item.get("item_type") or "UNDEFINED",
            "position": place,
            "number": item.get("number"),
            "description": item.get("description"),
            "quantity": float(item.get("quantity") or 1),
            "unit": item.get("unit"),
            "single_price_net": _price(item, "single_price_net"),
            "single_price_gross": _price(item, "single_price_gross"),
            "vat_percent": float(item.get("vat_percent") or 0),
        }
        for place, item in enumerate(given, 1)
    ]
    document["amount_net"], document["amount"] = reckon(
        document["items"],
        gross_prices=document["calc_vat_from"] == 1,
        taxed=document["vat_option"] in (None, "NULL"),
        sign=-1 if document["type"] == "CREDIT" and desk.account.credit_amounts == "negative" else 1,
    )


def _price(item: dict[str, Any], name: str) -> float | None:
    value = item.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise invalid(**{f"items.{name}": "a number"})
    return None if value is None else float(value)


def finish(desk: Desk, document: Thing) -> Thing:
    """Number and force. Raises Refused (400) for one that has them, and for one that is about nothing."""
    if not document["is_draft"]:
        raise Refused(400, "The document is already done.")
    if not document["items"]:
        raise invalid(items="empty")
    with desk.store.transaction():
        _give_number(desk, document)
        desk.store.put(document)
    desk.tell("document.update", document)
    desk.tell("document.completed", document)
    return document


def _give_number(desk: Desk, document: Thing) -> None:
    kind = document["type"]
    year = document["document_date"][:4]
    number = desk.store.count_up(desk.account.id, f"{kind}-{year}")
    document |= {"number": f"{PREFIX.get(kind, 'BE')}-{year}-{number:04d}", "is_draft": False, "edited_at": now()}


def cancel(desk: Desk, document: Thing) -> Thing:
    """The document that cancels this one. Raises Refused (400)."""
    kind = CANCELLED_BY.get(document["type"])
    if kind is None or document["is_draft"]:
        raise Refused(400, "The document can not be canceled.")
    if cancelling(desk, document) is not None:
        raise Refused(400, "The document is already canceled.")
    with desk.store.transaction():
        made = now()
        storno = document | {
            "type": kind,
            "ref_id": document["id"],
            "root_id": document["id"],
            "document_date": today().isoformat(),
            "external_id": None,
            "amount": -document["amount"],
            "amount_net": -document["amount_net"],
            "paid_amount": 0,
            "paid_at": None,
            "created_at": made,
            "edited_at": made,
        }
        storno.pop("id")
        _give_number(desk, storno)
        storno = desk.add("documents", storno)
        if document["type"] == "INVOICE" or desk.account.cancel_id_on_credits:
            document["cancel_id"] = storno["id"]
        document["edited_at"] = made
        desk.store.put(document)
    desk.tell("document.create", storno)
    desk.tell("document.completed", storno)
    desk.tell("document.update", document)
    return storno


def cancelling(desk: Desk, document: Thing) -> Thing | None:
    """What cancels it. A CREDIT names it only where the account does so; the STORNO_CREDIT always names the CREDIT."""
    kind = CANCELLED_BY.get(document["type"])
    everything = desk.store.all(desk.account.id, "documents")
    return next((other for other in everything if other["type"] == kind and other["ref_id"] == document["id"]), None)


def remove(desk: Desk, document: Thing) -> None:
    if not document["is_draft"]:
        raise Refused(400, "Only drafts can be deleted.")
    desk.store.delete(document["id"])
    desk.tell("document.deleted", document)


async def post(call: Call) -> Answer:
    kept = create(call.desk, call.told())
    return json_answer(201, kept, kept["id"])


async def put(call: Call) -> Answer:
    document = call.desk.get("documents", call.number)
    if not document["is_draft"]:
        raise Refused(400, "Only drafts can be changed.")
    _fill(call.desk, document, call.told())
    document["edited_at"] = now()
    call.desk.store.put(document)
    call.desk.tell("document.update", document)
    return json_answer(200, document)


async def get(call: Call) -> Answer:
    return json_answer(200, call.desk.get("documents", call.number))


async def get_all(call: Call) -> Answer:
    filters = {
        **{name: equal(name) for name in ("type", "customer_id", "ref_id", "title", "number", "cancel_id", "status")},
        **{name: flag(name) for name in ("is_draft", "is_archive")},
        **{name: day(name) for name in ("document_date", "paid_at", "edited_at")},
    }
    return page_of(call.listed("documents"), call.query, filters)


async def done(call: Call) -> Answer:
    return json_answer(200, finish(call.desk, call.desk.get("documents", call.number)))


async def cancel_by_call(call: Call) -> Answer:
    storno = cancel(call.desk, call.desk.get("documents", call.number))
    return json_answer(201, storno, storno["id"])


async def delete(call: Call) -> Answer:
    remove(call.desk, call.desk.get("documents", call.number))
    return Answer(204)


async def pdf(call: Call) -> Answer:
    document = call.desk.get("documents", call.number)
    if document["is_draft"]:
        raise Refused(400, "The document is a draft.")
    customer = document["customer_snapshot"]
    lines = [
        f"{document['title'] or document['type']} {document['number']}",
        f"Datum: {document['document_date']}",
        customers.name_of(customer),
        *(document["text_prefix"] or "").splitlines(),
        *(f"{item['quantity']:g} {item['description'] or ''}" for item in document["items"]),
        f"Netto: {document['amount_net'] / 100:.2f}   Brutto: {document['amount'] / 100:.2f} {document['currency']}",
        *(document["text"] or "").splitlines(),
    ]
    return Answer(200, plain_pdf.render(lines), {"Content-Type": "application/pdf"})
