"""„Erneut überweisen" by keys of two persons: asked for, confirmed, taken back."""

from typing import Any

import httpx

from ledger.programme import campaigns
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from tests.fixtures import bank_runs as bank
from tests.fixtures.door import Door
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, out, told


async def _returned(door: Door) -> str:
    shop, vault = Shop(door.parts.ledger, door.tenant, {}), door.parts.vault
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="s", name="S"), by="test")
        await campaigns.add_plan(tx, campaign.id, NewPlan(levels=(Rate(level=1, percent=10),)), by="test")
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await told(shop, vault, out(payout), back(payout))
    return payout.number


async def _post(door: Door, key: str, address: str, **body: str) -> httpx.Response:
    return await door.http.post(f"/api/v1/{address}", json=body, headers={"X-API-Key": key})


async def _answered(door: Door, key: str, kind: str, action: str) -> httpx.Response:
    listed = await door.http.get(f"/api/v1/tasks?kind={kind}", headers={"X-API-Key": key})
    [task] = listed.json()["items"]
    return await _post(door, key, f"tasks/{task['id']}/resolve", action=action, reason="Neues Konto.")


async def test_it_is_asked_for_confirmed_and_taken_back(door: Door) -> None:
    number = await _returned(door)
    first, second = await door.new_key("read", "approve"), await door.new_key("read", "approve")
    reader = await door.new_key("read")
    assert (await _answered(door, reader, "returned", "transfer_again")).status_code == 403
    assert (await _answered(door, first, "returned", "transfer_again")).status_code == 202
    assert (await _answered(door, first, "transfer_again_asked", "confirm")).json()["code"] == "second_person_needed"
    withdrawal = f"payouts/{number}/further-attempts/withdraw"
    assert (await _post(door, reader, withdrawal, reason="x")).status_code == 403
    taken_back = await _post(door, first, withdrawal, reason="Verrechnet.")
    assert (taken_back.status_code, taken_back.json()["ended_how"]) == (200, "withdrawn"), taken_back.text
    assert "iban_last4" not in taken_back.json()
    again = await _post(door, second, withdrawal, reason="Verrechnet.")
    assert (again.status_code, again.json()["code"]) == (409, "transfer_again_not_asked")
    shown: dict[str, Any] = (await door.api("GET", f"payouts/{number}")).json()
    assert [one["attempt"] for one in shown["further_attempts"]] == [2]
