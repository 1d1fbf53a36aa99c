"""Statements of the bank by the API: what became of each file, and who may bring one."""

import base64
from typing import Any

import httpx

from ledger.bank import payment_matching
from ledger.programme import campaigns
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from tests.fixtures.bank_runs import MAKER, OWN_IBAN, iban, open_payout
from tests.fixtures.bank_runs import own_account as recorded
from tests.fixtures.bank_statements import Line, camt, mt940
from tests.fixtures.door import Door
from tests.fixtures.ledger_shop import Shop

SENT = Line(-11_900, "PO-2026-0001", iban(1), reference="R1")


async def bring(door: Door, *contents: bytes, scopes: str = "statements") -> httpx.Response:
    files = [
        {"name": f"{place}.xml", "content": base64.b64encode(content).decode()}
        for place, content in enumerate(contents)
    ]
    key = await door.new_key(scopes)
    return await door.http.post("/api/v1/bank-statements", json={"files": files}, headers={"X-API-Key": key})


async def own_account(door: Door) -> None:
    await recorded(Shop(door.parts.ledger, door.tenant, {}), door.parts.vault)


async def test_each_file_has_its_outcome_and_one_that_is_refused_holds_up_no_other(door: Door) -> None:
    await own_account(door)
    answer = await bring(door, camt(SENT), camt(SENT, closing=5), b"x", mt940(SENT), camt(SENT))
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()["files"]
    assert [one["refused_code"] for one in told] == [
        None,
        "statement_balance_wrong",
        "statement_kind_unknown",
        None,
        None,
    ]
    assert [(one["new_entries"], one["again"]) for one in told] == [
        (1, False),
        (0, False),
        (0, False),
        (0, False),
        (0, True),
    ]
    assert "99.881,00" in told[1]["refused"] or "Anfangssaldo 100.000,00" in told[1]["refused"]
    assert told[4]["file"] == told[0]["file"]


async def test_a_key_for_statements_brings_them_and_reads_nothing(door: Door) -> None:
    await own_account(door)
    assert (await bring(door, camt(SENT), scopes="bank")).status_code == 403
    assert (await bring(door, camt(SENT))).status_code == 200
    key, banker = await door.new_key("statements"), await door.new_key("bank")
    assert (await door.http.get("/api/v1/bank-statements", headers={"X-API-Key": key})).status_code == 403
    listed = (await door.http.get("/api/v1/bank-statements", headers={"X-API-Key": banker})).json()["items"]
    assert [(one["name"], one["entries"], one["new_entries"]) for one in listed] == [("0.xml", 1, 1)]
    assert OWN_IBAN not in str(listed)
    assert MAKER not in listed[0]["brought_by"]


async def test_a_statement_may_be_larger_than_other_bodies(door: Door) -> None:
    await own_account(door)
    lines = [Line(-100, f"PO-2026-{number:04}", iban(1), reference=f"R{number}") for number in range(2_000)]
    content = camt(*lines)
    assert len(content) > 1_000_000
    [told] = (await bring(door, content)).json()["files"]
    assert told["new_entries"] == 2_000
    key = await door.new_key("write")
    elsewhere = await door.http.post(
        "/api/v1/partners", json={"name": "x" * 1_100_000, "code": "X"}, headers={"X-API-Key": key}
    )
    assert elsewhere.status_code == 413


async def _unassigned(door: Door) -> list[dict[str, Any]]:
    key = await door.new_key("bank")
    answer = await door.http.get("/api/v1/bank-entries", headers={"X-API-Key": key})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _act(door: Door, entry: str, act: str, body: dict[str, Any], scope: str = "bank") -> httpx.Response:
    headers = {"X-API-Key": await door.new_key(scope)}
    return await door.http.post(f"/api/v1/bank-entries/{entry}/{act}", json=body, headers=headers)


async def _typed_by_hand(door: Door) -> tuple[str, str]:
    """A payout with an open document, and a transfer that a person typed at the bank: its id."""
    shop = Shop(door.parts.ledger, door.tenant, {})
    await own_account(door)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="s", name="S"), by="test")
        await campaigns.add_plan(tx, campaign.id, NewPlan(levels=(Rate(level=1, percent=10),)), by="test")
    payout = await open_payout(shop, door.parts.vault, to=iban(1))
    await bring(door, camt(Line(-payout.gross_cents, None, iban(1), text=f"Provision {payout.number}")))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        for waiting in await payment_matching.list_waiting(tx, limit=10):
            await payment_matching.match(tx, waiting)
    [entry] = await _unassigned(door)
    assert (entry["outcome_code"], payout.number in entry["reason"]) == ("looks_like_a_transfer", True)
    return payout.number, entry["id"]


async def test_a_person_assigns_what_was_typed_by_hand_and_has_a_hand_in_it(door: Door) -> None:
    number, entry = await _typed_by_hand(door)
    assert (await _act(door, entry, "assign", {"payout": "PO-2026-9999"})).status_code == 404
    # A key that only brings statements decides about none.
    assert (await _act(door, entry, "assign", {"payout": number}, scope="statements")).status_code == 403
    assigned = await _act(door, entry, "assign", {"payout": number})
    assert (assigned.status_code, assigned.json()["state"]) == (200, "matched"), assigned.text
    [evidence] = await door.rows("SELECT kind, assigned_by FROM payment_evidence")
    assert (evidence["kind"], evidence["assigned_by"][:4]) == ("debit", "key:")
    assert await door.rows("SELECT 1 FROM hands WHERE act = 'payout.bank_assigned' AND subject_id = $1", number)
    again = await _act(door, entry, "assign", {"payout": number})
    assert (again.status_code, again.json()["code"]) == (409, "booking_decided")
    assert await _unassigned(door) == []


async def test_a_booking_is_set_aside_with_a_reason(door: Door) -> None:
    _, entry = await _typed_by_hand(door)
    assert (await _act(door, entry, "set-aside", {"reason": ""})).status_code == 422
    assert (await _act(door, entry, "set-aside", {"reason": "Doppelt"}, scope="statements")).status_code == 403
    assert (await _act(door, entry, "set-aside", {"reason": "Doppelt"})).json()["state"] == "set_aside"
    assert (await _unassigned(door), await door.rows("SELECT 1 FROM payment_evidence")) == ([], [])
    assert (await _act(door, entry, "take-up", {}, scope="statements")).status_code == 403
    assert (await _act(door, entry, "take-up", {})).json()["state"] == "unresolved"
    assert (await _act(door, entry, "take-up", {})).status_code == 409
    assert [one["id"] for one in await _unassigned(door)] == [entry]


async def test_a_tenant_chooses_who_says_paid(door: Door) -> None:
    assert (await door.api("GET", "tenant")).json()["paid_by"] == "lexoffice"
    assert (await door.api("PATCH", "tenant", {"paid_by": "bank"})).json()["paid_by"] == "bank"
    assert (await door.api("PATCH", "tenant", {"paid_by": "nobody"})).status_code == 422
