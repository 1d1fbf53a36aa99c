"""How the tenant is taxed is said in lexoffice and told by nobody: it is looked at now and then, and when asked."""

from datetime import timedelta

from tests.fixtures.desk import decide, requested
from tests.fixtures.house import Shop
from tests.fixtures.sweeps import sweep


async def is_taxed(shop: Shop, tax_type: str, *, small_business: bool) -> None:
    await shop.office(
        "PATCH",
        f"/sandbox/organizations/{shop.organization}",
        {"taxType": tax_type, "smallBusiness": small_business},
    )


async def known(shop: Shop) -> tuple[str, bool]:
    seen = await shop.api("GET", "/providers/lexoffice")
    return seen["tax_type"], seen["small_business"]


async def hourly_sweep(shop: Shop, *, last_looked: timedelta) -> None:
    await shop.rows("UPDATE provider_connections SET checked_at = checked_at - $1::interval", last_looked)
    await shop.forget_calls()
    await sweep(shop, open_ones=True)


async def test_a_sweep_looks_at_the_profile_once_a_day(shop: Shop) -> None:
    await is_taxed(shop, "vatfree", small_business=True)
    await hourly_sweep(shop, last_looked=timedelta(hours=23))
    assert ("GET /v1/profile" in await shop.calls(), await known(shop)) == (False, ("net", False))
    await hourly_sweep(shop, last_looked=timedelta(hours=2))
    assert ((await shop.calls())["GET /v1/profile"], await known(shop)) == (1, ("vatfree", True))
    await hourly_sweep(shop, last_looked=timedelta(hours=1))
    assert "GET /v1/profile" not in await shop.calls()


async def test_a_profile_that_cannot_be_had_does_not_end_the_pass(shop: Shop) -> None:
    await shop.hook("POST", "faults", {"kind": "forbidden_403", "path": "/v1/profile"})
    await is_taxed(shop, "vatfree", small_business=True)
    await hourly_sweep(shop, last_looked=timedelta(hours=25))
    assert await known(shop) == ("net", False)
    await shop.hook("DELETE", "faults")
    await sweep(shop, open_ones=True)
    assert await known(shop) == ("vatfree", True), "the next hour asks again"


async def test_no_payout_is_approved_whose_document_the_tenant_may_not_write_any_more(shop: Shop) -> None:
    payout = await requested(shop)
    await is_taxed(shop, "vatfree", small_business=True)
    await hourly_sweep(shop, last_looked=timedelta(hours=25))
    refused = await decide(shop, payout, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "regular_partner_of_small_business")
    await is_taxed(shop, "net", small_business=False)
    tested = await shop.api("POST", "/providers/lexoffice/test")
    assert (tested["connection"]["tax_type"], tested["connection"]["small_business"]) == ("net", False)
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    said = await shop.rows(
        "SELECT detail FROM audit_entries WHERE action = 'connection.tax_profile_changed' ORDER BY seq"
    )
    assert [row["detail"] for row in said] == [
        {"tax_type": ["net", "vatfree"], "small_business": [False, True]},
        {"tax_type": ["vatfree", "net"], "small_business": [True, False]},
    ]


async def test_what_only_waits_for_approval_looks_again_too(shop: Shop) -> None:
    payout = await requested(shop)
    before = await shop.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout["number"])
    await is_taxed(shop, "vatfree", small_business=True)
    await shop.api("POST", "/providers/lexoffice/test")
    after = await shop.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout["number"])
    assert before[0]["recheck_wanted_at"] != after[0]["recheck_wanted_at"]
