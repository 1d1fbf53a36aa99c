"""The hash that a payout is shown with is the one that a decision may name, whatever was changed since."""

from typing import Any

import pytest

from settings import Settings
from tests.fixtures.door import Door, new_door, running
from tests.fixtures.unapproved_payouts import a_payout_that_awaits_approval

_BANK = {"account_holder": "Anna Beispiel", "iban": "DE02120300000000202051"}


async def _move(door: Door) -> None:
    assert (await door.api("PATCH", "partners/ANNA", {"city": "Hamburg", "name": "Anna Neu"})).status_code == 200


async def _new_tax_status(door: Door) -> None:
    status = {"status": "regular", "valid_from": "2020-02-01", "vat_id": "DE987654328"}
    assert (await door.api("POST", "partners/ANNA/tax-statuses", status)).status_code == 201


async def _new_account(door: Door) -> None:
    account = (await door.api("PUT", "partners/ANNA/bank-details", _BANK)).json()
    confirmed = await door.api("POST", "partners/ANNA/bank-details/confirm", {"account": account["id"]})
    assert confirmed.json()["state"] == "active"


async def shown(door: Door, number: str) -> str:
    """The hash in the detail, which is the one in the list."""
    detail = (await door.api("GET", f"payouts/{number}")).json()
    (listed,) = (await door.api("GET", "payouts")).json()["items"]
    assert detail["content_hash"] == listed["content_hash"]
    return str(detail["content_hash"])


@pytest.mark.parametrize("change", [_move, _new_tax_status, _new_account])
async def test_what_is_shown_after_a_change_of_the_partner_can_be_approved(connected: Door, change: Any) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    path = f"payouts/{payout['number']}"
    assert await shown(connected, payout["number"]) == payout["content_hash"]
    await change(connected)
    stale = await connected.api("POST", f"{path}/approve", {"content_hash": payout["content_hash"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "content_has_changed")
    now = await shown(connected, payout["number"])
    approved = await connected.api("POST", f"{path}/approve", {"content_hash": now, "by_hand": True})
    assert (approved.status_code, approved.json()["content_hash"]) == (202, now)


async def test_an_approved_payout_shows_what_its_cancellation_may_name(
    product_settings: Settings, monkeypatch: pytest.MonkeyPatch, engine_address: object, unused_tcp_port: int
) -> None:
    # No engine: a worker that another test has left at the same queue would begin its document meanwhile.
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("PARTNERDESK_ENGINE_SECONDS", "1")
    async with running(product_settings) as started:
        door = await new_door(started)
        await door.connect()
        payout = await a_payout_that_awaits_approval(door)
        path = f"payouts/{payout['number']}"
        approval = {"content_hash": payout["content_hash"], "by_hand": True}
        approved = await door.api("POST", f"{path}/approve", approval)
        assert approved.status_code == 202, approved.text
        await _move(door)
        now = await shown(door, payout["number"])
        cancelled = await door.api("POST", f"{path}/cancel", {"reason": "Umgezogen.", "content_hash": now})
        assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled"), cancelled.text


async def test_a_payout_that_ended_keeps_the_hash_that_was_decided_about(connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    await connected.api("POST", f"payouts/{payout['number']}/reject", {"reason": "Falscher Monat."})
    await _move(connected)
    assert await shown(connected, payout["number"]) == payout["content_hash"]
