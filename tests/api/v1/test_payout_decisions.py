"""Requesting a payout and deciding about it: a row at once, a clear refusal when the state does not allow it."""

import asyncio
import json

import pytest
from temporalio.client import WorkflowHandle

from settings import Settings
from tests.fixtures.door import Door, new_door, running
from tests.fixtures.unapproved_payouts import (
    a_partner_with_all_facts,
    a_payout_that_awaits_approval,
    an_approved_commission,
)


async def told(door: Door, number: str) -> list[tuple[str, list[object]]]:
    """The signals that the payout's workflow got."""
    handle: WorkflowHandle[object, object] = door.parts.engine.get_workflow_handle(
        f"payout/{door.tenant.slug}/{number}"
    )
    history = await handle.fetch_history()
    signals = [event.workflow_execution_signaled_event_attributes for event in history.events]
    return [
        (one.signal_name, [json.loads(part.data) for part in one.input.payloads]) for one in signals if one.signal_name
    ]


async def test_a_payout_collects_what_is_approved_and_its_workflow_is_started(connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    assert (payout["state"], payout["net_cents"], payout["tax_cents"], payout["gross_cents"]) == (
        "awaiting_approval",
        1000,
        190,
        1190,
    )
    assert payout["workflow_id"] == f"payout/{connected.tenant.slug}/{payout['number']}"
    assert await told(connected, payout["number"]) == []
    listed = (await connected.api("GET", "payouts?state=awaiting_approval&partner=ANNA")).json()["items"]
    assert [one["number"] for one in listed] == [payout["number"]]
    again = await connected.api("POST", "payouts", {"partner": "ANNA"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_due")


async def test_what_blocks_a_document_is_said_before_approval(connected: Door) -> None:
    await connected.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
    await an_approved_commission(connected)
    answer = await connected.api("POST", "payouts", {"partner": "ANNA"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "tenant_address_missing"


async def test_an_approval_names_what_was_seen_and_tells_the_workflow_its_row(connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    path = f"payouts/{payout['number']}/approve"
    stale = await connected.api("POST", path, {"content_hash": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "content_has_changed")
    answer = await connected.api("POST", path, {"content_hash": payout["content_hash"], "by_hand": True})
    assert (answer.status_code, answer.json()["state"]) == (202, "approved")
    (decision,) = answer.json()["decisions"]
    assert decision["decided_by"] == f"key:{connected.approver.split('_')[1]}"
    assert await told(connected, payout["number"]) == [("approve", [{"decision": decision["id"]}])]
    twice = await connected.api("POST", path, {"content_hash": payout["content_hash"]})
    assert (twice.status_code, twice.json()["detail"]) == (409, "Die Auszahlung ist bereits freigegeben.")


@pytest.mark.parametrize("kind", ["reject", "cancel"])
async def test_after_reject_or_cancel_nothing_else_is_decided_and_the_commissions_are_free(
    connected: Door, kind: str
) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    without_reason = await connected.api("POST", f"payouts/{payout['number']}/{kind}", {})
    assert without_reason.status_code == 422
    ended = await connected.api("POST", f"payouts/{payout['number']}/{kind}", {"reason": "Falscher Partner."})
    assert ended.status_code == 202
    late = await connected.api("POST", f"payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]})
    assert late.status_code == 409
    assert (await connected.api("POST", "payouts", {"partner": "ANNA"})).status_code == 201


async def test_of_two_opposite_decisions_at_once_one_is_refused(connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    path = f"payouts/{payout['number']}"
    answers = await asyncio.gather(
        connected.api("POST", f"{path}/approve", {"content_hash": payout["content_hash"], "by_hand": True}),
        connected.api("POST", f"{path}/reject", {"reason": "Nein."}),
    )
    assert sorted(answer.status_code for answer in answers) == [202, 409]


async def test_a_change_of_what_was_seen_voids_what_would_be_approved(connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    bank = {"account_holder": "Anna Beispiel", "iban": "DE02120300000000202051"}
    account = (await connected.api("PUT", "partners/ANNA/bank-details", bank)).json()
    held = await connected.api("POST", f"payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]})
    assert (held.status_code, held.json()["code"]) == (409, "account_pending")
    confirmed = await connected.api("POST", "partners/ANNA/bank-details/confirm", {"account": account["id"]})
    assert confirmed.json()["state"] == "active"
    answer = await connected.api(
        "POST", f"payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "content_has_changed")
    assert ("recheck", []) in await told(connected, payout["number"])


async def test_a_repeated_request_makes_one_payout(connected: Door) -> None:
    await a_partner_with_all_facts(connected)
    await an_approved_commission(connected)
    once = {"Idempotency-Key": "september"}
    answers = [await connected.api("POST", "payouts", {"partner": "ANNA"}, **once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["number"] for answer in answers}) == 1


async def test_with_the_engine_away_payout_and_decision_stand_and_wait_to_be_announced(
    product_settings: Settings, monkeypatch: pytest.MonkeyPatch, engine_address: object, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("PARTNERDESK_ENGINE_SECONDS", "1")
    async with running(product_settings) as started:
        door = await new_door(started)
        await door.connect()
        payout = await a_payout_that_awaits_approval(door)
        approval = {"content_hash": payout["content_hash"], "by_hand": True}
        answer = await door.api("POST", f"payouts/{payout['number']}/approve", approval)
        assert answer.status_code == 202
        (row,) = await door.rows("SELECT workflow_started_at FROM payouts")
        assert row["workflow_started_at"] is None
        (row,) = await door.rows("SELECT delivered_at FROM decisions")
        assert row["delivered_at"] is None
