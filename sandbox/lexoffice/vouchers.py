"""`/v1/vouchers`: purchase vouchers are written, read and, as long as they are unchecked, replaced; none is deleted by
the API. Errors are IssueLists."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from . import contacts
from .announce import resource_event
from .call import Call
from .categories import CATEGORIES, REVERSE_CHARGE
from .clock import NotALexofficeDate, day_start, german_day, millis, now, read_day, read_wire, wire
from .errors import Answer, Issue, LegacyRefusal, json_answer
from .office import Office
from .organizations import Organization
from .store import Store
from .voucher import PURCHASES, Item, Voucher, public

RATES = (0, 5, 7, 16, 19)
_CENT = Decimal("0.01")


def load(store: Store, voucher: str) -> Voucher | None:
    row = store.row("SELECT body FROM vouchers WHERE id = ?", voucher)
    return None if row is None else Voucher.model_validate_json(row["body"])


def find(store: Store, organization: Organization, voucher: str) -> Voucher:
    """An unknown id and another account's are the same 404."""
    found = load(store, voucher)
    if found is None or found.organization_id != organization.organization_id:
        raise LegacyRefusal(404, Issue("missing_entity", "id"))
    return found


def of_organization(store: Store, organization: str) -> list[Voucher]:
    rows = store.rows("SELECT body FROM vouchers WHERE organization = ? ORDER BY created, rowid", organization)
    return [Voucher.model_validate_json(row["body"]) for row in rows]


def insert(office: Office, organization: Organization, voucher: Voucher) -> Voucher:
    with office.store.transaction():
        office.store.run(
            "INSERT INTO vouchers (id, organization, type, status, number, voucher_date, created, updated, due,"
            " contact, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *_columns(voucher),
        )
        if voucher.status != "blank":
            resource_event(office, organization, "voucher.created", voucher.id, voucher.updated)
    return voucher


def change(office: Office, organization: Organization, before: Voucher, *events: str, **update: object) -> Voucher:
    """Write the next version and announce it by these events."""
    at = max(now(), before.updated + timedelta(milliseconds=1))
    after = Voucher.model_validate(before.model_dump() | {"version": before.version + 1, "updated": at} | update)
    with office.store.transaction():
        office.store.run(
            "UPDATE vouchers SET id = ?, organization = ?, type = ?, status = ?, number = ?, voucher_date = ?,"
            " created = ?, updated = ?, due = ?, contact = ?, body = ? WHERE id = ?",
            *_columns(after),
            before.id,
        )
        for event in events:
            resource_event(office, organization, event, after.id, after.updated)
    return after


def remove(office: Office, organization: Organization, voucher: Voucher) -> None:
    """Only a person can."""
    with office.store.transaction():
        office.store.run("DELETE FROM vouchers WHERE id = ?", voucher.id)
        resource_event(office, organization, "voucher.deleted", voucher.id, now())


def _columns(voucher: Voucher) -> tuple[object, ...]:
    return (
        voucher.id,
        voucher.organization_id,
        voucher.type,
        voucher.status,
        voucher.number,
        millis(voucher.voucher_date),
        millis(voucher.created),
        millis(voucher.updated),
        millis(voucher.due),
        voucher.contact_id,
        voucher.model_dump_json(),
    )


async def post(call: Call) -> Answer:
    sent = _read(call, call.json_object(), before=None)
    at = now()
    voucher = Voucher.model_validate(
        {
            "id": str(uuid.uuid4()),
            "organization_id": call.organization.organization_id,
            "status": "open",
            "version": 1,
            "created": at,
            "updated": at,
            **sent,
        }
    )
    return _result(call, insert(call.office, call.organization, voucher), 201)


async def put(call: Call) -> Answer:
    """Replaces all of it; what is no longer named among `files` is gone. `put_loses_files`: all are."""
    before = find(call.office.store, call.organization, call.params["id"])
    body = call.json_object()
    if body.get("version") != before.version:
        raise LegacyRefusal(409, Issue("invalid_value", "version"))
    sent = _read(call, body, before=before)
    kept = [file for file in body.get("files") or [] if file in before.files]
    if len(kept) != len(body.get("files") or []):
        raise LegacyRefusal(406, Issue("invalid_file_ids", "files"))
    files = () if call.organization.put_loses_files else tuple(kept)
    after = change(call.office, call.organization, before, "voucher.changed", files=files, **sent)
    return _result(call, after, 200)


async def get(call: Call) -> Answer:
    voucher = find(call.office.store, call.organization, call.params["id"])
    until = call.stale.indexed_until()
    if until is not None and voucher.created > until:
        raise LegacyRefusal(404, Issue("missing_entity", "id"))  # shortly after its create it may not be there yet
    return json_answer(200, public(voucher))


def _result(call: Call, voucher: Voucher, status: int) -> Answer:
    uri = f"{call.base_url}/v1/vouchers/{voucher.id}"
    body = {
        "id": voucher.id,
        "resourceUri": uri,
        "createdDate": wire(voucher.created),
        "updatedDate": wire(voucher.updated),
        "version": voucher.version,
    }
    return json_answer(status, body, {"Location": uri}, voucher.id)


def _read(call: Call, body: dict[str, Any], before: Voucher | None) -> dict[str, Any]:
    """The members that a sender decides, checked."""
    issues: list[Issue] = []
    sent: dict[str, Any] = {"type": body.get("type"), "number": body.get("voucherNumber"), "remark": body.get("remark")}
    if sent["type"] not in PURCHASES:
        issues.append(Issue("invalid_value" if sent["type"] else "missing_entity", "type"))
    if not isinstance(sent["number"], str) or not sent["number"].strip():
        issues.append(Issue("missing_entity", "voucherNumber"))
    if sent["remark"] is not None and not isinstance(sent["remark"], str):
        issues.append(Issue("invalid_value", "remark"))
    sent["voucher_date"] = _day(body, "voucherDate", issues)
    sent["due"] = _day(body, "dueDate", issues) if "dueDate" in body else sent["voucher_date"]
    closed = call.organization.closed_until
    if closed is not None and sent["voucher_date"] is not None and german_day(sent["voucher_date"]) <= closed:
        issues.append(Issue("invalid_value", "voucherDate"))  # its Voranmeldung is sent: nothing is booked there
    issues += _status_issues(call.organization, body, before)
    sent |= _money(call.organization, body, issues)
    sent |= _contact(call, body, sent.get("items", ()), issues)
    if issues:
        raise LegacyRefusal(406, *issues)
    if body.get("voucherStatus") == "open":
        sent["status"] = "open"
    return sent


def _status_issues(organization: Organization, body: dict[str, Any], before: Voucher | None) -> list[Issue]:
    """A create takes no status (some accounts take `open`), a change only the one from unchecked to open."""
    wanted = body.get("voucherStatus")
    allowed: tuple[object, ...] = (None,)
    if before is not None and before.status in ("blank", "unchecked"):
        allowed = (None, "open")
    elif before is None and not organization.voucher_status_refused:
        allowed = (None, "", "open", "unchecked")
    return [] if wanted in allowed else [Issue("invalid_value", "voucherStatus")]


def _money(organization: Organization, body: dict[str, Any], issues: list[Issue]) -> dict[str, Any]:
    tax_type = body.get("taxType")
    if tax_type not in ("net", "gross", "vatfree"):
        issues.append(Issue("invalid_value" if tax_type else "missing_entity", "taxType"))
    lines = body.get("voucherItems")
    if not isinstance(lines, list) or not lines:
        issues.append(Issue("missing_entity", "voucherItems"))
        lines = []
    items = [item for place, line in enumerate(lines) if (item := _item(organization, line, place, tax_type, issues))]
    gross, tax = _amount(body.get("totalGrossAmount")), _amount(body.get("totalTaxAmount"))
    if len(items) == len(lines) and items:
        taxes = sum((item.tax_amount for item in items), Decimal(0))
        total = sum((item.amount for item in items), Decimal(0)) + (taxes if tax_type == "net" else 0)
        if gross is None or tax is None or (gross, tax) != (total, taxes):
            issues.append(Issue("invalid_total_amount", "totalGrossAmount"))
    return {"tax_type": tax_type, "gross": gross, "tax": tax, "items": tuple(items)}


def _item(organization: Organization, line: object, place: int, tax_type: object, issues: list[Issue]) -> Item | None:
    where = f"voucherItems[{place}]"
    if not isinstance(line, dict):
        issues.append(Issue("invalid_value", where))
        return None
    amount, tax, rate = (_amount(line.get(key)) for key in ("amount", "taxAmount", "taxRatePercent"))
    if amount is None or tax is None or rate is None:
        issues.append(Issue("missing_entity", where))
        return None
    known = len(issues)
    category = line.get("categoryId")
    known_category = CATEGORIES.get(str(category))
    if known_category is None or known_category["type"] != "outgo" or category in organization.vanished_categories:
        issues.append(Issue("invalid_category", f"{where}.categoryId"))
    if rate not in RATES:
        issues.append(Issue("invalid_taxrate", f"{where}.taxRatePercent"))
    elif rate and (organization.small_business or tax_type == "vatfree"):
        issues.append(Issue(f"invalid_taxrate_{rate:.0f}", f"{where}.taxRatePercent"))
    elif abs(tax - _tax(amount, rate, tax_type, reverse=category in REVERSE_CHARGE)) > _CENT:
        issues.append(Issue("invalid_taxamount", f"{where}.taxAmount"))
    if len(issues) > known:
        return None
    return Item(amount=amount, tax_amount=tax, rate=rate, category_id=str(category))


def _tax(amount: Decimal, rate: Decimal, tax_type: object, *, reverse: bool) -> Decimal:
    """Under § 13b the category does the tax: the line carries none."""
    if reverse or not rate:
        return Decimal(0)
    exact = amount * rate / (100 if tax_type == "net" else 100 + rate)
    return exact.quantize(_CENT, ROUND_HALF_UP)


def _contact(call: Call, body: dict[str, Any], items: tuple[Item, ...], issues: list[Issue]) -> dict[str, Any]:
    contact, collective = body.get("contactId"), body.get("useCollectiveContact") is True
    if collective:
        if any(CATEGORIES[item.category_id]["contactRequired"] for item in items):
            issues.append(Issue("contact_required", "contactId"))
        return {"collective_contact": True, "contact_id": None, "contact_name": body.get("contactName")}
    found = contacts.load(call.office.store, call.organization.organization_id, str(contact)) if contact else None
    if found is None:
        issues.append(Issue("Missing_ContactId", "contactId"))
        return {}
    needed = {"customer"} if call.organization.vouchers_need_customers else {"customer", "vendor"}
    if not needed & set(found["roles"]):
        issues.append(Issue("invalid_contact_role", "contactId"))
    return {"contact_id": found["id"], "contact_name": contacts.display_name(found)}


def _day(body: dict[str, Any], key: str, issues: list[Issue]) -> datetime | None:
    """A day, or an instant of that day."""
    value = body.get(key)
    try:
        return day_start(
            read_day(value) if isinstance(value, str) and len(value) == 10 else german_day(read_wire(value))
        )
    except NotALexofficeDate:
        issues.append(Issue("invalid_value" if value else "missing_entity", key))
        return None


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    return amount if abs(amount) < 10**10 and amount == amount.quantize(_CENT) else None
