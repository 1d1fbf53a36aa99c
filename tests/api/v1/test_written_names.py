"""Names and codes at the doors of people and callers: what nobody sees changes no code, and stands in no name."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.door import Door

UNSEEN = ("Anna\u200b", "\u202eanna", "Anna\nMeier", "Anna\u2028Meier", "Anna\x00", "A\u3164")
IBAN = "DE02120300000000202051"

DOORS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "partner": ("POST", "partners", {"code": "DORA", "name": "Dora"}, "name"),
    "partner's change": ("PATCH", "partners/ANNA", {}, "name"),
    "partner's supplement": ("PATCH", "partners/ANNA", {}, "supplement"),
    "partner's street": ("PATCH", "partners/ANNA", {}, "street"),
    "account": ("PUT", "partners/ANNA/bank-details", {"iban": IBAN}, "account_holder"),
    "own account": ("POST", "bank-accounts", {"iban": IBAN}, "account_holder"),
    "tenant": ("PATCH", "tenant", {}, "name"),
    "tenant's city": ("PATCH", "tenant", {}, "city"),
    "campaign": ("POST", "campaigns", {"slug": "messe"}, "name"),
    "campaign's change": ("PATCH", "campaigns/sommer", {}, "name"),
    "customer": ("POST", "customers", {"external_id": "k1"}, "name"),
    "invoice": ("POST", f"transactions/{uuid4()}/invoice", {}, "name"),
    "invoice's item": ("POST", f"transactions/{uuid4()}/invoice", {}, "item"),
}


@pytest.mark.parametrize("where", DOORS)
async def test_what_nobody_sees_is_refused_in_what_documents_print(stocked: Door, where: str) -> None:
    method, path, body, member = DOORS[where]
    for text in UNSEEN:
        answer = await stocked.http.request(
            method,
            f"/api/v1/{path}",
            content=json.dumps(body | {member: text}),
            headers={"X-API-Key": stocked.key, "Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "text_not_printable"), ascii(text)
        assert answer.json()["detail"].startswith("Namen und Anschriften sind eine sichtbare Zeile")


@pytest.mark.parametrize("where", [name for name, door in DOORS.items() if door[3] in ("name", "account_holder")])
async def test_a_name_without_a_letter_is_refused(stocked: Door, where: str) -> None:
    method, path, body, member = DOORS[where]
    answer = await stocked.api(method, path, body | {member: "4711"})
    assert (answer.status_code, answer.json()["code"]) == (422, "name_without_letter")


async def test_a_name_is_kept_as_written_but_for_the_blanks_around_it(stocked: Door) -> None:
    made = await stocked.api("POST", "partners", {"code": "DORA", "name": " Dora\u00a0Groß-Łukasz "})
    assert (made.status_code, made.json()["name"]) == (201, "Dora Groß-Łukasz")


@pytest.mark.parametrize(
    "code", ["ANNA\u00a0", "\u200bANNA", "AN\u200dNA", "ＡＮＮＡ", "anna\n", "\ufeffAnna"], ids=ascii
)
async def test_a_code_with_what_nobody_sees_names_its_partner(stocked: Door, code: str) -> None:
    made = await stocked.api("POST", "partners", {"code": "DORA", "name": "Dora", "sponsor_code": code})
    assert (made.status_code, made.json()["sponsor_code"]) == (201, "ANNA")
    customer = await stocked.api("POST", "customers", {"external_id": "k", "assigned_partner_code": code})
    assert customer.json()["assigned_partner_code"] == "ANNA"
    taken = await stocked.api("POST", "partners", {"code": code.upper(), "name": "Anna"})
    assert (taken.status_code, taken.json()["code"]) == (409, "partner_code_taken")
    found = await stocked.http.get("/api/v1/payouts", params={"partner": code}, headers={"X-API-Key": stocked.key})
    assert found.status_code == 200
    nothing = await stocked.api("POST", "payouts", {"partner": code})
    assert nothing.json()["code"] == "nothing_due"


async def test_a_code_that_is_none_even_then_is_refused(stocked: Door) -> None:
    made = await stocked.api("POST", "partners", {"code": "AN NA", "name": "Anna"})
    assert made.status_code == 422
