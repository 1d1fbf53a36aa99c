"""The JSON API: who may do what, once, and what a refusal looks like."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest

from api.app import create_app
from ledger.access import api_keys
from settings import Settings
from tests.fixtures.door import Door

PARTNER: dict[str, Any] = {
    "code": "ANNA",
    "name": "Anna Beispiel",
    "street": "Hauptstr. 1",
    "zip": "10115",
    "city": "Berlin",
    "country_code": "DE",
}


def every_door(settings: Settings) -> list[tuple[str, str]]:
    """All operations of the OpenAPI document under /api/v1, with ids that exist nowhere."""
    described = create_app(settings).openapi()["paths"]
    filled = {
        "{transaction_id}": str(uuid4()),
        "{customer_id}": str(uuid4()),
        "{task_id}": str(uuid4()),
        "{event}": "9",
    }
    found = []
    for path, operations in described.items():
        if path.startswith("/api/v1/"):
            for parameter, value in filled.items():
                path = path.replace(parameter, value)
            path = path.replace("{code}", "NOBODY").replace("{slug}", "nothing").replace("{number}", "PO-2026-9999")
            found += [(method.upper(), path.removeprefix("/api/v1/")) for method in operations]
    return found


async def test_no_door_opens_without_a_key_or_with_a_wrong_one(door: Door, product_settings: Settings) -> None:
    doors = every_door(product_settings)
    assert len(doors) > 30
    keys = ["", "pdk_", "nonsense", f"{door.key[:-1]}x", door.key.replace("_", "-"), "pdk_aaaaaaaaaa_" + "a" * 43]
    for method, path in doors:
        for key in keys[:2] if method == "GET" else keys:
            answer = await door.api(method, path, {}, **{"X-API-Key": key})
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
    assert (await door.http.get("/api/v1/me")).status_code == 401


async def test_reading_does_not_allow_writing_nor_writing_approving(door: Door) -> None:
    read, write = await door.new_key("read"), await door.new_key("read", "write")
    assert (await door.api("POST", "partners", PARTNER, **{"X-API-Key": read})).status_code == 403
    answer = await door.api("POST", "payouts/PO-2026-0001/approve", {"content_hash": "x"}, **{"X-API-Key": write})
    assert (answer.status_code, answer.json()["scope"]) == (403, "approve")


async def test_another_tenants_object_is_like_one_that_does_not_exist(door: Door, other: Door) -> None:
    created = await other.api("POST", "partners", PARTNER)
    assert created.status_code == 201
    customer = (await other.api("POST", "customers", {"external_id": "cus_1", "name": "Kunde"})).json()["id"]
    number = (await other.notify(other.event(eventType="contact.changed"))).json()["event"]
    (sale,) = await other.rows(
        """
        INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
        VALUES ($1, 'api', 100, 119, false, now()) RETURNING id
        """,
        other.tenant.id,
    )
    theirs = ["partners/ANNA", f"customers/{customer}", f"events/{number}", f"transactions/{sale['id']}"]
    nowhere = ["partners/NOBODY", f"customers/{uuid4()}", "events/999999999", f"transactions/{uuid4()}"]
    for existing, missing in zip(theirs, nowhere, strict=True):
        assert (await other.api("GET", existing)).status_code == 200
        seen, unseen = await door.api("GET", existing), await door.api("GET", missing)
        assert (seen.status_code, seen.content) == (404, unseen.content)
    assert (await door.api("PATCH", "partners/ANNA", {"name": "X"})).status_code == 404
    assert (await door.api("POST", f"events/{number}/replay")).status_code == 404
    assert (await door.api("GET", "partners")).json() == {"items": [], "next_cursor": None}


async def test_a_revoked_key_opens_nothing(door: Door) -> None:
    key = await door.new_key("read")
    assert (await door.api("GET", "me", **{"X-API-Key": key})).status_code == 200
    async with door.parts.ledger.transaction(door.tenant) as tx:
        await api_keys.revoke_api_key(tx, key.split("_")[1], actor="test")
    door.parts.api_keys.forget()
    assert (await door.api("GET", "me", **{"X-API-Key": key})).status_code == 401


async def test_a_repeated_post_happens_once_and_answers_the_same(door: Door) -> None:
    once = {"Idempotency-Key": "anna-1"}
    first = await door.api("POST", "partners", PARTNER, **once)
    second = await door.api("POST", "partners", PARTNER, **once)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]
    assert second.headers["idempotency-replayed"] == "true"
    changed = await door.api("POST", "partners", PARTNER | {"name": "Berta"}, **once)
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")
    without = await door.api("POST", "partners", PARTNER)
    assert (without.status_code, without.json()["code"]) == (409, "partner_code_taken")


async def test_equal_posts_at_once_happen_once(door: Door) -> None:
    once = {"Idempotency-Key": "anna-1"}
    answers = await asyncio.gather(*(door.api("POST", "partners", PARTNER, **once) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json().get("code") for answer in answers if answer.status_code == 409} <= {"idempotency_key_in_use"}
    assert len(await door.rows("SELECT 1 FROM partners")) == 1


async def test_a_refusal_is_judged_anew_when_it_is_repeated(door: Door) -> None:
    once = {"Idempotency-Key": "below-berta"}
    below = PARTNER | {"sponsor_code": "BERTA"}
    refused = await door.api("POST", "partners", below, **once)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_sponsor")
    await door.api("POST", "partners", PARTNER | {"code": "BERTA"})
    assert (await door.api("POST", "partners", below, **once)).status_code == 201


async def test_lists_are_paged_newest_first_without_gap_or_repeat(door: Door) -> None:
    for number in range(7):
        await door.api("POST", "partners", PARTNER | {"code": f"P{number}"})
    seen: list[str] = []
    cursor = None
    while True:
        answer = (await door.api("GET", f"partners?limit=3{f'&cursor={cursor}' if cursor else ''}")).json()
        seen += [partner["code"] for partner in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"P{number}" for number in reversed(range(7))]


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 19, "٣", "1 OR 1=1"])
async def test_a_cursor_of_ones_own_making_is_refused(door: Door, cursor: str) -> None:
    answer = await door.http.get("/api/v1/partners", params={"cursor": cursor}, headers={"X-API-Key": door.key})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_wrong_fields_are_named_without_their_values(door: Door) -> None:
    answer = await door.api("POST", "partners", {"code": "klein geheim", "name": ""})
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["fields"]} == {"body.code", "body.name"}
    assert "geheim" not in answer.text
    no_json = await door.http.post(
        "/api/v1/partners", content=b"{", headers={"X-API-Key": door.key, "Content-Type": "application/json"}
    )
    assert (no_json.status_code, no_json.json()["code"]) == (400, "not_json")


async def test_a_partner_is_made_changed_and_shown_whole(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    await door.api("PATCH", "partners/ANNA", {"city": "Hamburg"})
    status = {"status": "regular", "valid_from": "2026-01-01", "vat_id": "DE123456788"}
    assert (await door.api("POST", "partners/anna/tax-statuses", status)).status_code == 201
    agreement = {"version": "2026-01", "accepted_at": "2026-01-15T10:00:00+01:00"}
    assert (await door.api("POST", "partners/ANNA/agreement", agreement)).status_code == 201
    bank = {"account_holder": "Anna Beispiel", "iban": "DE02 1203 0000 0000 2020 51"}
    assert (await door.api("PUT", "partners/ANNA/bank-details", bank)).status_code == 200
    answer = await door.api("GET", "partners/ANNA")
    shown = answer.json()
    assert (shown["bank_details"], shown["pending_bank_details"]["state"]) == (None, "pending")
    account = {"account": shown["pending_bank_details"]["id"]}
    assert (await door.api("POST", "partners/ANNA/bank-details/confirm", account)).status_code == 200
    answer = await door.api("GET", "partners/ANNA")
    shown = answer.json()
    assert (shown["city"], shown["agreement_version"]) == ("Hamburg", "2026-01")
    assert shown["bank_details"]["iban_last4"] == "2051"
    assert "1203" not in answer.text
    assert [status["status"] for status in shown["tax_statuses"]] == ["regular"]
    assert shown["balance"]["approved_cents"] == 0
    actors = await door.rows("SELECT DISTINCT actor FROM audit_entries WHERE subject = 'partner'")
    assert {row["actor"] for row in actors} == {f"key:{key.split('_')[1]}" for key in (door.key, door.approver)}


async def test_an_iban_that_cannot_exist_is_refused_and_not_repeated(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    answer = await door.api(
        "PUT", "partners/ANNA/bank-details", {"account_holder": "A", "iban": "DE00120300000000202051"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "iban_invalid")
    assert "20205" not in answer.text


async def test_a_plan_above_its_base_is_refused(door: Door) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    levels = [{"level": 1, "percent": "90"}, {"level": 2, "percent": "10.01"}]
    answer = await door.api("POST", "campaigns/sommer/plans", {"levels": levels})
    assert answer.status_code == 422
    good = await door.api("POST", "campaigns/sommer/plans", {"levels": levels[:1]})
    assert good.status_code == 201
    assert (await door.api("GET", "campaigns/sommer")).json()["is_default"] is True


async def test_a_payout_without_anything_due_is_refused_with_the_reason(connected: Door) -> None:
    await connected.api("POST", "partners", PARTNER)
    answer = await connected.api("POST", "payouts", {"partner": "ANNA"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_due")
    assert (await connected.api("POST", "payouts", {"partner": "NOBODY"})).status_code == 404


async def test_an_event_is_shown_with_its_body_and_replayed_as_a_new_delivery(connected: Door) -> None:
    event = connected.event()
    number = (await connected.notify(event)).json()["event"]
    assert (await connected.api("GET", f"events/{number}")).json()["body"] == event
    answer = await connected.api("POST", f"events/{number}/replay")
    assert (answer.status_code, answer.json()["delivery"], answer.json()["state"]) == (202, 2, "received")
    listed = (await connected.api("GET", f"events?resource={event['resourceId']}")).json()["items"]
    assert [row["id"] for row in listed] == [number]


async def test_the_tenants_address_is_changed_and_audited(door: Door) -> None:
    answer = await door.api("PATCH", "tenant", {"street": "Neue Str. 2", "vat_id": "DE999999995"})
    assert (answer.status_code, answer.json()["street"]) == (200, "Neue Str. 2")
    rows = await door.rows("SELECT detail FROM audit_entries WHERE action = 'tenant.changed'")
    assert [row["detail"] for row in rows] == [
        {"before": {"street": None, "vat_id": None}, "after": {"street": "Neue Str. 2", "vat_id": "DE999999995"}}
    ]


async def test_what_no_route_takes_is_refused_in_the_same_shape(door: Door) -> None:
    nothing, method = await door.http.get("/nothing/<script>"), await door.http.delete("/api/v1/me")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    for answer in (nothing, method):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"]
    assert "script" not in nothing.text


# By POST so that no browser fetches it ahead; each answer is the very same file.
WITHOUT_A_KEY = {"download_bank_file", "bring_bank_statements"}
"""The one only looks; the other knows a file that comes again by its hash."""


async def test_the_description_of_the_api_teaches(door: Door) -> None:
    described = (await door.http.get("/openapi.json")).json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("tags"), (method, path)
            if method == "post" and path.startswith("/api/v1/") and operation["operationId"] not in WITHOUT_A_KEY:
                assert "idempotency-key" in [parameter["name"] for parameter in operation["parameters"]], path
    page = await door.http.get("/docs")
    assert page.status_code == 200
    for operations in described["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page.text
    # Nothing comes from another host (an address may stand in an example), and no script runs.
    assert re.findall(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page.text) == []
    for foreign in ("<script", "style="):
        assert foreign not in page.text
    assert (await door.http.get("/docs/style.css")).headers["content-type"].startswith("text/css")


async def test_health_readiness_and_figures_are_there_for_operators(door: Door) -> None:
    assert (await door.http.get("/healthz")).json() == {"status": "alive"}
    assert (await door.http.get("/readyz")).json() == {"status": "ready"}
    figures = (await door.http.get("/metrics")).text
    assert "partnerdesk_http_requests_total" in figures
    assert "partnerdesk_inbox_age_seconds" in figures
    assert door.tenant.slug not in figures
