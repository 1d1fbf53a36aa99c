"""Customers and suppliers."""

from __future__ import annotations

from typing import Any

from .call import Call, Desk
from .clock import now
from .errors import Answer, invalid, json_answer
from .lists import among, day, equal, page_of
from .store import Thing

TEXTS = (
    "city",
    "company_name",
    "country",
    "first_name",
    "info_1",
    "info_2",
    "internet",
    "last_name",
    "note",
    "phone_1",
    "street",
    "suffix_1",
    "suffix_2",
    "tax_number",
    "vat_identifier",
    "zip_code",
    "bank_iban",
    "bank_bic",
    "bank_account_owner",
    "foreign_supplier_number",
)


def create(desk: Desk, told: dict[str, Any], role: str = "CUSTOMER") -> Thing:
    if not told.get("last_name") or "company_name" not in told:
        raise invalid(last_name="required", company_name="required")
    made = now()
    customer: Thing = {
        **{name: told.get(name) for name in TEXTS},
        "number": told.get("number"),
        "supplier_number": told.get("supplier_number"),
        "emails": list(told.get("emails") or []),
        "personal": bool(told.get("personal")),
        "archived": False,
        "group_id": None,
        "created_at": made,
        "updated_at": made,
    }
    _number(desk, customer, role)
    customer["display_name"] = name_of(customer)
    kept = desk.add("customers", customer)
    desk.tell("customer.create", kept)
    return kept


def _number(desk: Desk, customer: Thing, role: str) -> None:
    if "CUSTOMER" in role and not customer["number"]:
        customer["number"] = str(10_000 + desk.store.count_up(desk.account.id, "customers"))
    if "SUPPLIER" in role and not customer["supplier_number"]:
        customer["supplier_number"] = str(70_000 + desk.store.count_up(desk.account.id, "suppliers"))


def name_of(customer: Thing) -> str:
    person = " ".join(part for part in (customer.get("first_name"), customer.get("last_name")) if part)
    return customer.get("company_name") or person


async def post(call: Call) -> Answer:
    kept = create(call.desk, call.told(), _role(call))
    return json_answer(201, kept, kept["id"])


async def put(call: Call) -> Answer:
    customer = call.desk.get("customers", call.number)
    told = call.told()
    customer |= {
        name: told[name] for name in (*TEXTS, "number", "supplier_number", "emails", "personal") if name in told
    }
    _number(call.desk, customer, _role(call))
    customer |= {"display_name": name_of(customer), "updated_at": now()}
    call.desk.store.put(customer)
    call.desk.tell("customer.update", customer)
    return json_answer(200, customer)


async def get(call: Call) -> Answer:
    return json_answer(200, call.desk.get("customers", call.number))


async def get_all(call: Call) -> Answer:
    filters = {
        **{name: equal(name) for name in ("number", "country", "zip_code", "first_name", "last_name", "company_name")},
        "emails": among("emails"),
        "created_at": day("created_at"),
    }
    return page_of(call.listed("customers"), call.query, filters)


async def delete(call: Call) -> Answer:
    customer = call.desk.get("customers", call.number)
    call.desk.store.delete(customer["id"])
    call.desk.tell("customer.delete", customer)
    return Answer(204)


def _role(call: Call) -> str:
    role = (call.query.get("type") or ["CUSTOMER"])[0]
    if role not in ("CUSTOMER", "SUPPLIER", "CUSTOMER,SUPPLIER"):
        raise invalid(type="unknown")
    return role
