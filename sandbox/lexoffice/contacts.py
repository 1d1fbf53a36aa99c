"""Customers and vendors (§7). Kept in the shape in which they are read; errors are IssueLists."""

from __future__ import annotations

import html
import json
import re
import uuid
from datetime import datetime
from typing import Any

from .announce import resource_event
from .call import Call
from .clock import now, wire
from .countries import CODES
from .document import Address, without_nulls
from .errors import Answer, Issue, LegacyRefusal, json_answer
from .office import Office
from .organizations import Organization
from .paging import page_of, read_page
from .store import Store

FIRST_NUMBER = {"customer": 10001, "vendor": 70001}
EMAIL_KINDS = ("business", "office", "private", "other")
PHONE_KINDS = ("business", "office", "mobile", "private", "fax", "other")
ADDRESS_MEMBERS = ("supplement", "street", "zip", "city", "countryCode")
PERSON_MEMBERS = ("salutation", "firstName", "lastName")
CHAPTER_ONLY = ("additionalProperties", "customFields")


def load(store: Store, organization: str, contact: str) -> dict[str, Any] | None:
    row = store.row("SELECT body FROM contacts WHERE id = ? AND organization = ?", contact, organization)
    return None if row is None else json.loads(row["body"])


def display_name(contact: dict[str, Any]) -> str:
    if "company" in contact:
        return str(contact["company"]["name"])
    person = contact["person"]
    return " ".join(part for part in (person.get("firstName"), person["lastName"]) if part)


def billing_address(contact: dict[str, Any]) -> Address:
    """The recipient of a document that names this contact (§3.2)."""
    billing = (contact.get("addresses", {}).get("billing") or [{}])[0]
    person = next(iter(contact.get("company", {}).get("contactPersons") or []), None)
    return Address(
        contact_id=contact["id"],
        name=display_name(contact),
        supplement=billing.get("supplement"),
        street=billing.get("street"),
        zip=billing.get("zip"),
        city=billing.get("city"),
        country_code=billing.get("countryCode", "DE"),
        contact_person=" ".join(filter(None, (person.get("firstName"), person.get("lastName")))) if person else None,
    )


def add(office: Office, organization: Organization, sent: dict[str, Any]) -> dict[str, Any]:
    """Keep a contact whose body was checked; the numbers of its roles are lexoffice's."""
    with office.store.transaction():
        contact = {"id": str(uuid.uuid4()), "organizationId": organization.organization_id, "version": 1, **sent}
        contact["roles"] = _numbered(office.store, organization, sent["roles"], {})
        contact["archived"] = False
        _write(office.store, contact)
        resource_event(office, organization, "contact.created", contact["id"], now())
    return contact


def replace(office: Office, organization: Organization, before: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    with office.store.transaction():
        kept = {key: before[key] for key in ("id", "organizationId", "archived", *CHAPTER_ONLY) if key in before}
        contact = {**sent, **kept, "version": before["version"] + 1}
        contact["roles"] = _numbered(office.store, organization, sent["roles"], before["roles"])
        _write(office.store, contact)
        resource_event(office, organization, "contact.changed", contact["id"], now())
    return contact


def patch(
    office: Office, organization: Organization, before: dict[str, Any], members: dict[str, Any]
) -> dict[str, Any]:
    """A person edits a contact: members given replace members, null removes one."""
    with office.store.transaction():
        contact = without_nulls({**before, **members, "id": before["id"], "version": before["version"] + 1})
        contact["roles"] = _numbered(office.store, organization, contact["roles"], before["roles"])
        _write(office.store, contact)
        resource_event(office, organization, "contact.changed", contact["id"], now())
    return dict(contact)


def _numbered(store: Store, organization: Organization, wanted: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    return {
        role: held.get(role)
        or {"number": store.next_value(organization.organization_id, f"contact/{role}", FIRST_NUMBER[role])}
        for role in ("customer", "vendor")
        if role in wanted
    }


def _write(store: Store, contact: dict[str, Any]) -> None:
    store.run(
        "INSERT INTO contacts VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET sort_name = excluded.sort_name, body = excluded.body",
        contact["id"],
        contact["organizationId"],
        display_name(contact).casefold(),
        json.dumps(contact, ensure_ascii=False, default=float),
    )


async def post(call: Call) -> Answer:
    contact = add(call.office, call.organization, read(call.json_object()))
    # Contacts answer 200, not 201 (§7).
    return _result(call, contact, now())


async def put(call: Call) -> Answer:
    before = _find(call)
    body = call.json_object()
    sent = read(body)
    version = body.get("version")
    if version is None:
        raise LegacyRefusal(406, Issue("missing_entity", "version"))
    if version != before["version"]:
        raise LegacyRefusal(406, Issue("invalid_value", "version"))
    if _has_several(before):
        raise LegacyRefusal(406, Issue("invalid_value", "contact"))
    return _result(call, replace(call.office, call.organization, before, sent), now())


async def get(call: Call) -> Answer:
    return json_answer(200, public(_find(call), chapter=call.organization.dialect == "chapter"))


async def search(call: Call) -> Answer:
    page = read_page(call.query, legacy=True)
    rows = call.office.store.rows(
        "SELECT body FROM contacts WHERE organization = ? ORDER BY sort_name, rowid", call.organization.organization_id
    )
    found = [contact for row in rows if _matches(contact := json.loads(row["body"]), call)]
    shown = [public(contact, chapter=call.organization.dialect == "chapter") for contact in page.cut(found)]
    return json_answer(200, page_of(shown, page, len(found), "name", "ASC"))


def public(contact: dict[str, Any], *, chapter: bool) -> dict[str, Any]:
    return {key: value for key, value in contact.items() if chapter or key not in CHAPTER_ONLY}


def read(body: dict[str, Any]) -> dict[str, Any]:
    """The members that a sender decides, checked; anything else is ignored."""
    issues: list[Issue] = []
    sent: dict[str, Any] = {}
    roles = body.get("roles")
    if not isinstance(roles, dict) or not (
        {"customer", "vendor"} & {key for key, value in roles.items() if value is not None}
    ):
        issues.append(Issue("missing_entity", "roles"))
    else:
        sent["roles"] = {key: {} for key in ("customer", "vendor") if roles.get(key) is not None}
    _read_name(body, sent, issues)
    for key, kinds in (("emailAddresses", EMAIL_KINDS), ("phoneNumbers", PHONE_KINDS)):
        if body.get(key):
            sent[key] = _lists(body[key], key, kinds, issues)
            if not all(isinstance(entry, str) for entries in sent[key].values() for entry in entries):
                issues.append(Issue("invalid_value", key))
    addresses = _lists(body.get("addresses") or {}, "addresses", ("billing", "shipping"), issues)
    for kind, (entry,) in addresses.items():
        where = f"addresses.{kind}"
        address = _texts(entry, where, ADDRESS_MEMBERS, issues)
        code = address.get("countryCode")
        if code is None:
            issues.append(Issue("missing_entity", f"{where}.countryCode"))
        elif code not in CODES:
            issues.append(Issue("countrycode_is_not_valid", f"{where}.countryCode"))
        addresses[kind] = [address]
    if addresses:
        sent["addresses"] = addresses
    note = body.get("note")
    if note is not None:
        if not isinstance(note, str) or len(note) > 1000:
            issues.append(Issue("invalid_value", "note"))
        sent["note"] = note
    if isinstance(body.get("xRechnung"), dict):
        sent["xRechnung"] = body["xRechnung"]
    if issues:
        raise LegacyRefusal(406, *issues)
    return dict(without_nulls(sent))


def _read_name(body: dict[str, Any], sent: dict[str, Any], issues: list[Issue]) -> None:
    company, person = body.get("company"), body.get("person")
    if (company is None) == (person is None):
        issues.append(Issue("missing_entity" if company is None else "invalid_value", "company/person"))
    elif company is not None:
        read = _texts(company, "company", ("name", "taxNumber", "vatRegistrationId"), issues)
        if not read.get("name"):
            issues.append(Issue("missing_entity", "company.name"))
        company = company if isinstance(company, dict) else {}
        if isinstance(company.get("allowTaxFreeInvoices"), bool):
            read["allowTaxFreeInvoices"] = company["allowTaxFreeInvoices"]
        persons = _lists(company, "company", ("contactPersons",), issues)
        for (entry,) in persons.values():
            one = _texts(entry, "company.contactPersons", (*PERSON_MEMBERS, "emailAddress", "phoneNumber"), issues)
            read["contactPersons"] = [{**one, "primary": isinstance(entry, dict) and entry.get("primary") is True}]
        sent["company"] = read
    else:
        sent["person"] = _texts(person, "person", PERSON_MEMBERS, issues)
        if not sent["person"].get("lastName"):
            issues.append(Issue("missing_entity", "person.lastName"))


def _texts(value: Any, where: str, members: tuple[str, ...], issues: list[Issue]) -> dict[str, Any]:
    """The text members of an object; anything of another type is an issue."""
    if not isinstance(value, dict):
        issues.append(Issue("invalid_value", where))
        return {}
    texts = {}
    for member in members:
        text = value.get(member)
        if isinstance(text, str):
            texts[member] = text
        elif text is not None:
            issues.append(Issue("invalid_value", f"{where}.{member}"))
    return texts


def _lists(value: Any, key: str, kinds: tuple[str, ...], issues: list[Issue]) -> dict[str, list[Any]]:
    """Lists by kind; only one entry each can be written (§7)."""
    if not isinstance(value, dict):
        issues.append(Issue("invalid_value", key))
        return {}
    lists: dict[str, list[Any]] = {}
    for kind in kinds:
        entries = value.get(kind)
        if not entries:
            continue
        if not isinstance(entries, list) or len(entries) > 1:
            issues.append(Issue("invalid_value", f"{key}.{kind}"))
            continue
        lists[kind] = entries
    return lists


def _has_several(contact: dict[str, Any]) -> bool:
    groups = (contact.get(key, {}) for key in ("addresses", "emailAddresses", "phoneNumbers"))
    persons = contact.get("company", {}).get("contactPersons") or []
    return len(persons) > 1 or any(len(entries) > 1 for group in groups for entries in group.values())


def _find(call: Call) -> dict[str, Any]:
    contact = load(call.office.store, call.organization.organization_id, call.params["id"])
    if contact is None:
        raise LegacyRefusal(404, Issue("missing_entity", "contact"))
    return contact


def _result(call: Call, contact: dict[str, Any], at: datetime) -> Answer:
    uri = f"{call.base_url}/v1/contacts/{contact['id']}"
    body = {
        "id": contact["id"],
        "resourceUri": uri,
        "createdDate": wire(at),
        "updatedDate": wire(at),
        "version": contact["version"],
    }
    return json_answer(200, body, {"Location": uri}, contact["id"])


def _matches(contact: dict[str, Any], call: Call) -> bool:
    query = call.query
    for key, texts in (
        ("email", [mail for mails in contact.get("emailAddresses", {}).values() for mail in mails]),
        ("name", [display_name(contact)]),
    ):
        wanted = query.get(key)
        if wanted is None:
            continue
        if not 3 <= len(wanted) <= 128:
            raise LegacyRefusal(400, Issue("bad_request_error", "size must be between 3 and 128", "bad_request"))
        if not any(_like(html.unescape(wanted), text) for text in texts):
            return False
    if (number := query.get("number")) is not None:
        if not number.isdecimal():
            raise LegacyRefusal(400, Issue("bad_request_error", "number", "bad_request"))
        if int(number) not in [role.get("number") for role in contact["roles"].values()]:
            return False
    for role in ("customer", "vendor"):
        wanted_role = query.get(role)
        if wanted_role is not None and (wanted_role.lower() == "true") != (role in contact["roles"]):
            return False
    return True


def _like(pattern: str, text: str) -> bool:
    """A substring, any case; `_` and `%` are wildcards unless escaped by a backslash (§7)."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    translated = "".join(
        re.escape(part[1:])
        if part.startswith("\\") and len(part) > 1
        else {"_": ".", "%": ".*"}.get(part, re.escape(part))
        for part in parts
    )
    return re.search(translated, text, re.IGNORECASE | re.DOTALL) is not None


def anywhere(store: Store, contact: str) -> dict[str, Any] | None:
    """For hooks, which name no organisation."""
    row = store.row("SELECT body FROM contacts WHERE id = ?", contact)
    return None if row is None else json.loads(row["body"])
