"""lexoffice notifies us by subscriptions of ours, each with a token of its own, and by no other one of ours."""

from datetime import timedelta

import pytest

from activities.sweep.subscriptions import may_be_called, points_at
from ledger.connections import subscriptions as wishes
from lexoffice.webhook import SUBSCRIBED, SUBSCRIBED_WHERE_KNOWN
from tests.fixtures.house import House, Shop, until
from tests.fixtures.sweeps import subscriptions, sweep


@pytest.fixture
async def quiet_shop(product: House) -> Shop:
    """A tenant whose key is stored, and for whom nothing is subscribed."""
    shop = await product.shop(connected=False)
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key, "effective_from": "2026-01-01"})
    await shop.partners()
    return shop


async def set_up(shop: Shop) -> dict[str, object]:
    answer = await shop.call("POST", "/providers/lexoffice/subscriptions")
    assert answer.status_code == 202, answer.text
    health: dict[str, object] = await until(
        lambda: shop.api("GET", "/providers/lexoffice/subscriptions"), lambda seen: not seen["pending"], "the set-up"
    )
    return health


def address(shop: Shop) -> str:
    return f"{shop.house.api_url}/api/webhooks/{shop.tenant.slug}/lexoffice"


async def test_all_are_set_up_on_request_and_notify_us(quiet_shop: Shop) -> None:
    health = await set_up(quiet_shop)
    assert (health["state"], health["missing"], len(health["subscriptions"])) == ("healthy", [], len(SUBSCRIBED))  # type: ignore[arg-type]
    listed = await subscriptions(quiet_shop)
    assert sorted(one["eventType"] for one in listed) == sorted(SUBSCRIBED)
    urls = {one["callbackUrl"] for one in listed}
    assert len(urls) == len(SUBSCRIBED), "each has a token of its own"
    assert all(url.startswith(f"{address(quiet_shop)}?token=") for url in urls)
    payment_intent = await quiet_shop.sale()
    invoice = await quiet_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await quiet_shop.click(invoice["id"], "pay")
    await quiet_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    assert all(event["signed"] for event in await quiet_shop.events(invoice["id"]))


async def test_an_api_that_knows_no_edits_is_asked_for_them_and_healthy_without(quiet_shop: Shop) -> None:
    await set_up(quiet_shop)
    for one in await subscriptions(quiet_shop):
        if one["eventType"] in SUBSCRIBED_WHERE_KNOWN:
            answer = await quiet_shop.house.http.delete(
                f"{quiet_shop.house.lexoffice.base_url}/v1/event-subscriptions/{one['subscriptionId']}",
                headers={"Authorization": f"Bearer {quiet_shop.api_key}"},
            )
            assert answer.status_code == 204
    await quiet_shop.hook("POST", "faults", {"kind": "conflict_409", "method": "POST", "path": "event-subscriptions"})
    health = await set_up(quiet_shop)
    assert (health["state"], health["missing"], len(health["subscriptions"])) == ("healthy", [], 6)  # type: ignore[arg-type]


async def test_setting_up_twice_makes_nothing_new(quiet_shop: Shop) -> None:
    await set_up(quiet_shop)
    before = await subscriptions(quiet_shop)
    await quiet_shop.forget_calls()
    await set_up(quiet_shop)
    assert await subscriptions(quiet_shop) == before


async def test_who_asks_while_it_is_being_done_has_it_done_once_more(quiet_shop: Shop) -> None:
    """What the one under way has listed may be gone by then: deleted by hand, or with a key that was replaced."""
    await set_up(quiet_shop)
    before = await subscriptions(quiet_shop)
    slow = {"kind": "slow", "method": "GET", "path": "event-subscriptions", "times": 1, "delayMs": 2000}
    await quiet_shop.hook("POST", "faults", slow)
    await quiet_shop.call("POST", "/providers/lexoffice/subscriptions")
    await until(
        lambda: quiet_shop.hook("GET", "faults"),
        lambda seen: seen["injected"] == {"slow": 1},
        "a list on its way to us",
    )
    answer = await quiet_shop.house.http.delete(
        f"{quiet_shop.house.lexoffice.base_url}/v1/event-subscriptions/{before[0]['subscriptionId']}",
        headers={"Authorization": f"Bearer {quiet_shop.api_key}"},
    )
    assert answer.status_code == 204
    health = await set_up(quiet_shop)
    assert (health["state"], health["missing"]) == ("healthy", [])
    assert sorted(one["eventType"] for one in await subscriptions(quiet_shop)) == sorted(SUBSCRIBED)


async def test_a_wish_that_was_not_seen_stays(quiet_shop: Shop) -> None:
    """Its signal may be lost while the engine is away: the row then tells the next sweep."""
    tenant = quiet_shop.tenant
    for _ in range(2):
        async with quiet_shop.house.ledger.transaction(tenant) as tx:
            seen = await wishes.wanted_since(tx)
            await wishes.want_set_up(tx)
    async with quiet_shop.house.ledger.transaction(tenant) as tx:
        await wishes.conclude(tx, problem=None, asked_at=seen)
        newest = await wishes.wanted_since(tx)
        assert newest is not None
        await wishes.conclude(tx, problem=None, asked_at=newest)
        assert await wishes.wanted_since(tx) is None


async def test_the_tokens_stand_nowhere_but_in_lexoffice(quiet_shop: Shop) -> None:
    await set_up(quiet_shop)
    tokens = [one["callbackUrl"].partition("token=")[2] for one in await subscriptions(quiet_shop)]
    held = str(await quiet_shop.rows("SELECT * FROM event_subscriptions")) + str(
        await quiet_shop.rows("SELECT * FROM webhook_tokens")
    )
    shown = str(await quiet_shop.api("GET", "/providers/lexoffice/subscriptions"))
    history = ""
    handle = quiet_shop.house.engine.get_workflow_handle(f"subscriptions/{quiet_shop.tenant.slug}")
    async for event in handle.fetch_history_events():
        history += str(event)
    assert not [token for token in tokens if token in held + shown + history]


async def test_an_unsigned_body_does_not_pass_with_a_token_of_a_subscription(quiet_shop: Shop) -> None:
    await set_up(quiet_shop)
    url = (await subscriptions(quiet_shop))[0]["callbackUrl"]
    event = {
        "organizationId": quiet_shop.organization,
        "eventType": "invoice.status.changed",
        "resourceId": quiet_shop.organization,
        "eventDate": "2026-11-22T10:00:00.000+01:00",
    }
    answer = await quiet_shop.house.http.post(url, json=event)
    assert answer.status_code == 401


async def test_a_subscription_deleted_at_lexoffice_is_made_anew_by_the_sweep(quiet_shop: Shop) -> None:
    await set_up(quiet_shop)
    before = await subscriptions(quiet_shop)
    answer = await quiet_shop.house.http.delete(
        f"{quiet_shop.house.lexoffice.base_url}/v1/event-subscriptions/{before[0]['subscriptionId']}",
        headers={"Authorization": f"Bearer {quiet_shop.api_key}"},
    )
    assert answer.status_code == 204
    await sweep(quiet_shop, open_ones=True)
    after = await subscriptions(quiet_shop)
    assert sorted(one["eventType"] for one in after) == sorted(SUBSCRIBED)
    kept = {one["subscriptionId"] for one in before[1:]}
    assert kept < {one["subscriptionId"] for one in after}, "what stood was left alone"
    ended = await quiet_shop.rows(
        """
        SELECT t.expires_at FROM event_subscriptions s JOIN webhook_tokens t ON t.id = s.token_id
         WHERE s.subscription_id = $1
        """,
        before[0]["subscriptionId"],
    )
    assert ended[0]["expires_at"] is not None, "the token of the lost one ends"


async def test_a_new_key_gets_the_subscriptions_that_went_with_the_old_one(quiet_shop: Shop) -> None:
    shop = quiet_shop
    await set_up(shop)
    new = await shop.hook("POST", "api-keys", {})
    await shop.hook("DELETE", f"api-keys/{shop.api_key}")
    shop.api_key = new["apiKey"]
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
    listed = await until(lambda: subscriptions(shop), lambda found: len(found) == len(SUBSCRIBED), "all, anew")
    assert sorted(one["eventType"] for one in listed) == sorted(SUBSCRIBED)


async def test_foreign_subscriptions_stay_and_other_ones_of_ours_go(quiet_shop: Shop) -> None:
    base = quiet_shop.house.api_url
    foreign = [
        f"{base}/api/webhooks/somebody-else/lexoffice?token=x",
        f"{quiet_shop.house.lexoffice.base_url}/sandbox/health",
    ]
    for url in foreign:
        await quiet_shop.subscribe("invoice.status.changed", url)
    ours = [f"{address(quiet_shop)}?token={quiet_shop.token}", address(quiet_shop)]
    for url in ours:
        await quiet_shop.subscribe("contact.changed", url)
    await set_up(quiet_shop)
    urls = [one["callbackUrl"] for one in await subscriptions(quiet_shop)]
    assert set(foreign) < set(urls)
    assert not set(ours) & set(urls)
    assert len(urls) == len(foreign) + len(SUBSCRIBED)


async def test_a_lost_answer_leaves_no_second_subscription_behind(quiet_shop: Shop) -> None:
    await quiet_shop.hook(
        "POST", "faults", {"kind": "timeout_504_after", "method": "POST", "path": "event-subscriptions", "times": 1}
    )
    await set_up(quiet_shop)
    await set_up(quiet_shop)
    assert len(await subscriptions(quiet_shop)) == len(SUBSCRIBED)


async def test_a_refused_subscription_is_a_task_and_mending_it_closes_it(quiet_shop: Shop) -> None:
    await quiet_shop.hook(
        "POST", "faults", {"kind": "conflict_409", "method": "POST", "path": "event-subscriptions", "times": 1}
    )
    assert (await set_up(quiet_shop))["state"] == "failing"
    [task] = await quiet_shop.tasks("subscriptions_failing")
    assert task["state"] == "open"
    await sweep(quiet_shop, open_ones=True)
    assert (await quiet_shop.api("GET", "/providers/lexoffice/subscriptions"))["state"] == "healthy"
    assert await quiet_shop.tasks("subscriptions_failing") == []


async def test_a_refusal_for_speed_is_waited_out(quiet_shop: Shop) -> None:
    await quiet_shop.hook(
        "POST", "faults", {"kind": "rate_limit_429", "method": "POST", "path": "event-subscriptions", "times": 1}
    )
    assert (await set_up(quiet_shop))["state"] == "healthy"


async def test_without_a_key_nothing_can_be_set_up(product: House) -> None:
    shop = await product.shop(connected=False)
    answer = await shop.call("POST", "/providers/lexoffice/subscriptions")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_connected")


@pytest.mark.parametrize(("days", "kind"), [(61, None), (59, 60), (29, 30), (6, 7), (-1, 7)])
async def test_the_end_of_an_api_key_is_asked_about_once_at_each_warning(
    quiet_shop: Shop, days: int, kind: int | None
) -> None:
    async with quiet_shop.house.ledger.transaction(quiet_shop.tenant) as tx:
        await tx.execute(
            """
            UPDATE provider_connections SET secret_saved_at = now() - interval '24 months' + $1::interval
             WHERE provider = 'lexoffice'
            """,
            timedelta(days=days),
        )
    for _ in range(2):
        await sweep(quiet_shop)
        asked = [task for task in await quiet_shop.tasks() if task["kind"].startswith("api_key_ends")]
        assert [(task["kind"], task["state"]) for task in asked] == (
            [] if kind is None else [(f"api_key_ends_in_{kind}", "open")]
        )
    if asked:
        await quiet_shop.api("POST", f"/tasks/{asked[0]['id']}/resolve", {"action": "done"})
        await sweep(quiet_shop)
        assert [t for t in await quiet_shop.tasks() if t["kind"].startswith("api_key") and t["state"] == "open"] == []


@pytest.mark.parametrize(
    ("public_url", "called"),
    [
        ("https://partner.example.com", True),
        ("http://partner.example.com", False),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
    ],
)
def test_lexoffice_calls_https_or_this_machine(public_url: str, called: bool) -> None:
    assert may_be_called(public_url) is called


@pytest.mark.parametrize(
    ("callback", "ours"),
    [
        ("https://p.example/api/webhooks/acme/lexoffice?token=x", True),
        ("https://p.example:443/api/webhooks/acme/lexoffice", True),
        ("https://P.example/api/webhooks/acme/lexoffice/?a=b", True),
        ("http://p.example/api/webhooks/acme/lexoffice", False),
        ("https://p.example/api/webhooks/acme/lexoffice2", False),
        ("https://p.example/api/webhooks/acme2/lexoffice", False),
        ("https://p.example.evil/api/webhooks/acme/lexoffice", False),
        ("https://p.example:8443/api/webhooks/acme/lexoffice", False),
        ("https://[broken", False),
    ],
)
def test_ours_is_what_points_at_this_very_address(callback: str, ours: bool) -> None:
    assert points_at(callback, "https://p.example/api/webhooks/acme/lexoffice") is ours
