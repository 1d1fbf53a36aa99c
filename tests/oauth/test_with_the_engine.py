"""The loop over OAuth: what workflows do when access tokens die, and when lexoffice announces the end."""

import pytest

from tests.fixtures.house import House, Shop, until
from tests.oauth.visitors import connect_by_oauth


@pytest.fixture
async def granted(product: House) -> Shop:
    """A tenant that connected by OAuth only, with partners, and lexoffice's notifications."""
    shop = await product.shop(connected=False)
    await connect_by_oauth(shop)
    await shop.api("PUT", "/providers/lexoffice", {"effective_from": "2026-01-01"})
    url = f"{product.api_url}/api/webhooks/{shop.tenant.slug}/lexoffice?token={shop.token}"
    for event_type in ("invoice.status.changed", "payment.changed", "credit-note.status.changed", "token.revoked"):
        await shop.subscribe(event_type, url)
    await shop.partners()
    return shop


async def refreshes(shop: Shop) -> dict[str, int]:
    report = await shop.office("GET", f"/sandbox/oauth-calls?organizationId={shop.organization}")
    counts: dict[str, int] = report["counts"].get("refresh_token", {})
    return counts


async def test_a_paid_invoice_and_a_credit_note_pass_over_tokens_that_died_early(granted: Shop) -> None:
    await granted.hook("POST", "oauth-tokens/access/end")
    await granted.forget_calls()
    payout = await granted.payout()
    assert await refreshes(granted) == {"200": 1}
    await granted.hook("POST", "oauth-tokens/access/end")
    await granted.approve(payout)
    await granted.payout_when(payout["number"], "credit_note_open")
    assert await refreshes(granted) == {"200": 2}
    notes = [one for one in (await granted.hook("GET", "documents"))["content"] if one["kind"] == "credit-note"]
    assert len(notes) == 1
    assert await granted.tasks() == []


async def test_the_users_revocation_breaks_the_connection_with_a_task(granted: Shop) -> None:
    await granted.hook("POST", "revoke-connection")
    await until(lambda: granted.tasks("connection_broken"), bool, "the question")
    shown = await granted.api("GET", "/providers/lexoffice")
    assert (shown["state"], shown["credential"]) == ("broken", "oauth")
    assert await refreshes(granted) == {"400": 1}


async def test_after_connecting_anew_the_loop_goes_on(granted: Shop) -> None:
    await granted.hook("POST", "revoke-connection")
    await until(lambda: granted.tasks("connection_broken"), bool, "the question")
    await connect_by_oauth(granted)
    await granted.payout()
    assert await granted.tasks() == []
