"""Results of the Verification of Payee by keys."""

from ledger.programme import campaigns
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from tests.fixtures import bank_runs as bank
from tests.fixtures.door import Door
from tests.fixtures.ledger_shop import Shop


async def test_a_result_is_entered_shown_and_confirmed(door: Door) -> None:
    shop, vault = Shop(door.parts.ledger, door.tenant, {}), door.parts.vault
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="s", name="S"), by="test")
        await campaigns.add_plan(tx, campaign.id, NewPlan(levels=(Rate(level=1, percent=10),)), by="test")
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    run = f"/api/v1/bank-runs/{(await bank.draft(shop, vault)).number}"
    check = f"{run}/payments/{payout.number}/payee-check"
    headers = {"X-API-Key": await door.new_key("bank")}
    entered = await door.http.post(check, json={"result": "none"}, headers=headers)
    assert (entered.status_code, entered.json()["result"]) == (200, "none"), entered.text
    own = await door.http.post(f"{check}/confirm", headers=headers)
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    nobody = await door.http.post(f"{check}/take-name", headers=headers)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "payee_check_names_nobody")
    [listed] = (await door.http.get(f"{run}/payee-checks", headers=headers)).json()
    assert (listed["result"], listed["confirmed_by"]) == ("none", None)
    noted = await door.http.post(f"{run}/name-check", json={"wanted": False}, headers=headers)
    assert noted.json()["name_check"] is False
    reader = {"X-API-Key": await door.new_key("read")}
    assert (await door.http.post(check, json={"result": "match"}, headers=reader)).status_code == 403
