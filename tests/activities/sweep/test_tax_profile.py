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


async def test_a_sweep_looks_at_the_profile_once_a_day(connected_shop: Shop) -> None:
    await is_taxed(connected_shop, "vatfree", small_business=True)
    await hourly_sweep(connected_shop, last_looked=timedelta(hours=23))
    assert ("GET /v1/profile" in await connected_shop.calls(), await known(connected_shop)) == (False, ("net", False))
    await hourly_sweep(connected_shop, last_looked=timedelta(hours=2))
    assert ((await connected_shop.calls())["GET /v1/profile"], await known(connected_shop)) == (1, ("vatfree", True))
    await hourly_sweep(connected_shop, last_looked=timedelta(hours=1))
    assert "GET /v1/profile" not in await connected_shop.calls()


async def test_a_profile_that_cannot_be_had_does_not_end_the_pass(connected_shop: Shop) -> None:
    await connected_shop.hook("POST", "faults", {"kind": "forbidden_403", "path": "/v1/profile"})
    await is_taxed(connected_shop, "vatfree", small_business=True)
    await hourly_sweep(connected_shop, last_looked=timedelta(hours=25))
    assert await known(connected_shop) == ("net", False)
    await connected_shop.hook("DELETE", "faults")
    await sweep(connected_shop, open_ones=True)
    assert await known(connected_shop) == ("vatfree", True), "the next hour asks again"


async def test_no_payout_is_approved_whose_document_the_tenant_may_not_write_any_more(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    await is_taxed(connected_shop, "vatfree", small_business=True)
    await hourly_sweep(connected_shop, last_looked=timedelta(hours=25))
    refused = await decide(connected_shop, payout, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "regular_partner_of_small_business")
    await is_taxed(connected_shop, "net", small_business=False)
    tested = await connected_shop.api("POST", "/providers/lexoffice/test")
    assert (tested["connection"]["tax_type"], tested["connection"]["small_business"]) == ("net", False)
    await connected_shop.approve(payout)
    await connected_shop.payout_when(payout["number"], "credit_note_open")
    said = await connected_shop.rows(
        "SELECT detail FROM audit_entries WHERE action = 'connection.tax_profile_changed' ORDER BY seq"
    )
    assert [row["detail"] for row in said] == [
        {"tax_type": ["net", "vatfree"], "small_business": [False, True]},
        {"tax_type": ["vatfree", "net"], "small_business": [True, False]},
    ]


async def test_what_only_waits_for_approval_looks_again_too(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    before = await connected_shop.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout["number"])
    await is_taxed(connected_shop, "vatfree", small_business=True)
    await connected_shop.api("POST", "/providers/lexoffice/test")
    after = await connected_shop.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout["number"])
    assert before[0]["recheck_wanted_at"] != after[0]["recheck_wanted_at"]
