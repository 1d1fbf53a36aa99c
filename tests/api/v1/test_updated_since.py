"""Whoever asks a list for what is new since an instant gets what is new or changed, and nothing else."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from tests.api.v1.test_json_api import PARTNER
from tests.api.v1.test_unknown_members import OPERATIONS
from tests.fixtures.door import Door
from tests.fixtures.unapproved_payouts import a_payout_that_awaits_approval

_WRITTEN_ONCE = {"list_payout_run_rows"}
"""A run's rows: those of one run, which do not change once it is done."""


def test_every_list_that_has_pages_can_be_asked_for_what_changed() -> None:
    lists = {door.operation_id: door.filters for door in OPERATIONS if "cursor" in door.filters}
    assert len(lists) > 10
    assert {name for name, filters in lists.items() if "updated_since" not in filters} == _WRITTEN_ONCE


async def now(door: Door) -> datetime:
    [row] = await door.rows("SELECT clock_timestamp() AS now")
    at: datetime = row["now"]
    return at


async def since(door: Door, path: str, at: datetime, **more: str) -> list[dict[str, Any]]:
    for key in (door.key, door.approver):
        answer = await door.http.get(
            f"/api/v1/{path}", params={"updated_since": at.isoformat(), **more}, headers={"X-API-Key": key}
        )
        if answer.status_code != 403:
            break
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _a_partner(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)


async def _her_move(door: Door) -> None:
    await door.api("PATCH", "partners/ANNA", {"city": "Hamburg"})


async def _a_customer(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    await door.api("POST", "customers", {"external_id": "cus_1", "name": "Kunde"})


async def _its_partner(door: Door) -> None:
    [customer] = (await door.api("GET", "customers")).json()["items"]
    change = {"assigned_partner_code": "ANNA", "reason": "Vertrag"}
    assert (await door.api("PATCH", f"customers/{customer['id']}", change)).status_code == 200


async def _a_campaign(door: Door) -> None:
    await door.api("POST", "campaigns", {"slug": "erste", "name": "Erste"})


async def _its_name(door: Door) -> None:
    await door.api("PATCH", "campaigns/erste", {"name": "Neue"})


async def _an_event(door: Door) -> None:
    await door.notify(door.event(eventType="contact.changed"))


async def _its_replay(door: Door) -> None:
    await door.rows("UPDATE events SET delivery = delivery + 1")


async def _its_document(door: Door) -> None:
    """What lexoffice says of the credit note or the invoice is shown with the payout and the sale."""
    await door.rows(
        """
        INSERT INTO external_documents (tenant_id, provider, kind, organization_id, resource_id, payout_id,
                                        transaction_id, status)
        SELECT $1::uuid, 'lexoffice', 'credit-note', gen_random_uuid(), gen_random_uuid(), id, NULL::uuid, 'open'
          FROM payouts
         UNION ALL
        SELECT $1::uuid, 'lexoffice', 'invoice', gen_random_uuid(), gen_random_uuid(), NULL, id, 'open'
          FROM transactions
        """,
        door.tenant.id,
    )


async def _its_end(door: Door) -> None:
    """Its lines are free again with it."""
    [payout] = (await door.api("GET", "payouts")).json()["items"]
    assert (await door.api("POST", f"payouts/{payout['number']}/reject", {"reason": "Nein."})).status_code == 202


async def _a_payout(door: Door) -> None:
    await a_payout_that_awaits_approval(door)


async def _a_task(door: Door) -> None:
    await door.rows(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason_code, reason_params, reason, actions)
        VALUES ($1, 'test', 'partner', 'ANNA', 'payout_held', '{}', '', ARRAY['done'])
        """,
        door.tenant.id,
    )


async def _its_answer(door: Door) -> None:
    await door.rows("UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'test'")


Step = Callable[[Door], Awaitable[None]]


@pytest.mark.parametrize(
    ("path", "made", "changed"),
    [
        ("partners", _a_partner, _her_move),
        ("customers", _a_customer, _its_partner),
        ("campaigns", _a_campaign, _its_name),
        ("events", _an_event, _its_replay),
        ("tasks", _a_task, _its_answer),
        ("payouts", _a_payout, _its_end),
        ("payouts", _a_payout, _its_document),
        ("commissions", _a_payout, _its_end),
        ("transactions", _a_payout, _its_document),
    ],
)
async def test_a_list_shows_what_is_new_or_changed_since(connected: Door, path: str, made: Step, changed: Step) -> None:
    before = await now(connected)
    await made(connected)
    assert len(await since(connected, path, before)) == 1
    between = await now(connected)
    assert await since(connected, path, between) == []
    await changed(connected)
    assert len(await since(connected, path, between)) == 1
    assert await since(connected, path, await now(connected)) == []


async def test_another_default_campaign_changes_both(door: Door) -> None:
    await door.api("POST", "campaigns", {"slug": "erste", "name": "Erste"})
    await door.api("POST", "campaigns", {"slug": "zweite", "name": "Zweite"})
    await door.api("POST", "campaigns", {"slug": "dritte", "name": "Dritte"})
    before = await now(door)
    assert (await door.api("POST", "campaigns/zweite/default")).status_code == 200
    found = {one["slug"]: one["is_default"] for one in await since(door, "campaigns", before)}
    assert found == {"zweite": True, "erste": False}


async def test_pages_of_what_changed_have_no_gap_and_no_repeat(door: Door) -> None:
    for number in range(5):
        await door.api("POST", "partners", PARTNER | {"code": f"P{number}"})
    before = await now(door)
    for number in (0, 3, 4):
        await door.api("PATCH", f"partners/P{number}", {"city": "Hamburg"})
    first = await since(door, "partners", before, limit="2")
    answer = await door.http.get(
        "/api/v1/partners",
        params={"updated_since": before.isoformat(), "limit": "2"},
        headers={"X-API-Key": door.key},
    )
    rest = await since(door, "partners", before, limit="2", cursor=answer.json()["next_cursor"])
    assert [one["code"] for one in first + rest] == ["P4", "P3", "P0"]


@pytest.mark.parametrize("written", ["yesterday", "2026-01-01T00:00:00", "0000-00-00T00:00:00Z", ""])
async def test_what_is_no_instant_with_its_zone_is_refused(door: Door, written: str) -> None:
    answer = await door.http.get("/api/v1/payouts", params={"updated_since": written}, headers={"X-API-Key": door.key})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "query.updated_since")
