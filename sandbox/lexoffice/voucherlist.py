"""`GET /v1/voucherlist` (§6): the only index over sales documents."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .call import Call
from .clock import NotALexofficeDate, day_end, day_start, german_day, millis, now, read_day, wire
from .document import Document
from .errors import Answer, RegularRefusal, json_answer
from .kinds import KINDS
from .organizations import Organization
from .paging import page_of, read_page
from .voucher import PURCHASES, Voucher

VOUCHER_TYPES = frozenset(
    {
        "salesinvoice",
        "salescreditnote",
        "purchaseinvoice",
        "purchasecreditnote",
        "invoice",
        "downpaymentinvoice",
        "creditnote",
        "orderconfirmation",
        "quotation",
        "deliverynote",
    }
)
STATUSES = frozenset(
    {
        "draft",
        "open",
        "overdue",
        "paid",
        "paidoff",
        "voided",
        "transferred",
        "sepadebit",
        "accepted",
        "rejected",
        "unchecked",
    }
)
KIND_OF_TYPE: dict[str, str] = {kind.voucher_type: kind.name for kind in KINDS.values()}
KIND_OF_TYPE |= {name: name for name in PURCHASES}
DATES = {"voucherDate": "voucher_date", "createdDate": "created", "updatedDate": "updated"}


async def get(call: Call) -> Answer:
    query = call.query
    page = read_page(query)
    types = _mandatory(query, "voucherType", VOUCHER_TYPES)
    statuses = _mandatory(query, "voucherStatus", STATUSES)
    if "overdue" in statuses and len(statuses) > 1 and statuses != STATUSES:
        raise RegularRefusal(400, "parameter 'voucherStatus': overdue cannot be combined with other values")
    where, values = _filters(query)
    today = day_start(german_day(now()))
    condition = _status_condition(statuses, today, call.organization.open_listed_as)
    kinds = [KIND_OF_TYPE[name] for name in sorted(types) if name in KIND_OF_TYPE]
    if (until := call.stale.indexed_until()) is not None:
        where.append("created < ?")
        values.append(millis(until))
    where += [f"kind IN ({', '.join('?' * len(kinds))})", condition]
    sql = f"FROM listed WHERE organization = ? AND {' AND '.join(where)}"
    values = [call.organization.organization_id, *values, *kinds]
    direction = _direction(query)
    total = call.office.store.row(f"SELECT COUNT(*) AS n {sql}", *values)
    assert total is not None
    rows = call.office.store.rows(
        f"SELECT kind, body {sql} ORDER BY voucher_date {direction}, created {direction}, place {direction}"
        " LIMIT ? OFFSET ?",
        *values,
        page.size,
        page.number * page.size,
    )
    content = [
        _row_of_voucher(Voucher.model_validate_json(row["body"]))
        if row["kind"] in PURCHASES
        else _row(Document.model_validate_json(row["body"]), today, call.organization)
        for row in rows
    ]
    return json_answer(200, page_of(content, page, total["n"], "voucherdate", direction))


def _mandatory(query: Mapping[str, str], key: str, allowed: frozenset[str]) -> frozenset[str]:
    value = query.get(key)
    if not value:
        raise RegularRefusal(400, f"Required request parameter '{key}' is not present")
    words = frozenset(word.strip() for word in value.split(","))
    if words == {"any"}:
        return allowed
    if not words <= allowed:
        raise RegularRefusal(400, f"parameter '{key}' is invalid")
    return words


def _status_condition(statuses: frozenset[str], today: datetime, open_listed_as: str) -> str:
    """`open` also finds what is shown otherwise; `paid` and `paidoff` each belong to their kinds."""
    conditions = []
    for status in sorted(statuses):
        if status == "overdue":
            conditions.append(f"(status = 'open' AND due IS NOT NULL AND due < {millis(today)})")
        elif status == "paid":
            conditions.append("(status = 'paid' AND kind <> 'credit-note')")
        elif status == "paidoff":
            conditions.append("(status = 'paidoff' OR status = 'paid' AND kind = 'credit-note')")
        elif status in ("transferred", "sepadebit"):
            conditions.append(f"(status = '{status}' OR status = 'open' AND '{status}' = '{open_listed_as}')")
        elif status == open_listed_as:
            conditions.append("status = 'open'")
        elif status in ("draft", "open", "voided", "unchecked"):
            conditions.append(f"status = '{status}'")
    return f"({' OR '.join(conditions) or '0'})"


def _filters(query: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    for key, column in DATES.items():
        for suffix, operator in (("From", ">="), ("To", "<")):
            text = query.get(key + suffix)
            if text is None:
                continue
            try:
                day = read_day(text)
            except NotALexofficeDate as error:
                raise RegularRefusal(400, f"parameter '{key + suffix}' is invalid") from error
            where.append(f"{column} {operator} ?")
            values.append(millis(day_start(day) if suffix == "From" else day_end(day)))
    if (contact := query.get("contactId")) is not None:
        where.append("contact = ?")
        values.append(contact)
    if (number := query.get("voucherNumber")) is not None:
        where.append("(number = ? OR kind IN ('purchaseinvoice', 'purchasecreditnote') AND lower(number) = lower(?))")
        values += [html.unescape(number)] * 2
    if (archived := query.get("archived")) is not None:
        if archived not in ("true", "false"):
            raise RegularRefusal(400, "parameter 'archived' is invalid")
        where.append("archived = ?")
        values.append(archived == "true")
    return where, values


def _direction(query: Mapping[str, str]) -> str:
    """Only voucherDate really sorts; the other documented properties are refused (§6)."""
    name, _, direction = query.get("sort", "voucherDate,DESC").partition(",")
    if name.lower() != "voucherdate" or direction.upper() not in ("", "ASC", "DESC"):
        raise RegularRefusal(400, "parameter 'sort' is invalid")
    return direction.upper() or "ASC"


def _row(document: Document, today: datetime, organization: Organization) -> dict[str, Any]:
    status = document.status_word(organization.credit_note_paid_word)
    if status == "open" and organization.open_listed_as != "open":
        status = organization.open_listed_as
    elif status == "open" and document.due is not None and document.due < today:
        status = "overdue"
    return {
        "id": document.id,
        "voucherType": document.kind.voucher_type,
        "voucherStatus": status,
        "voucherNumber": document.number,
        "voucherDate": wire(document.voucher_date),
        "createdDate": wire(document.created),
        "updatedDate": wire(document.updated),
        "dueDate": wire(document.due) if document.due else None,
        "contactId": document.address.contact_id,
        "contactName": document.address.name,
        "totalAmount": float(document.totals.gross),
        "openAmount": None if document.status == "draft" else float(document.open_amount),
        "currency": document.currency,
        "archived": document.archived,
    }


def _row_of_voucher(voucher: Voucher) -> dict[str, Any]:
    return {
        "id": voucher.id,
        "voucherType": voucher.type,
        "voucherStatus": voucher.status,
        "voucherNumber": voucher.number,
        "voucherDate": wire(voucher.voucher_date),
        "createdDate": wire(voucher.created),
        "updatedDate": wire(voucher.updated),
        "dueDate": wire(voucher.due),
        "contactId": voucher.contact_id,
        "contactName": "Sammellieferant" if voucher.collective_contact else voucher.contact_name,
        "totalAmount": float(voucher.gross),
        "openAmount": float(voucher.open_amount),
        "currency": "EUR",
        "archived": False,
    }
