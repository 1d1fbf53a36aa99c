"""What lexoffice refuses for speed is asked for again ever more rarely, and not before lexoffice said."""

import pytest

from activities.gateway.calls import pause_after
from httpcalls.errors import RateLimited
from tests.fixtures.desk import fault
from tests.fixtures.house import Shop
from tests.fixtures.notifications import tell


@pytest.mark.parametrize(
    ("attempt", "retry_after", "least", "most"),
    [
        (1, None, 1.0, 2.0),
        (3, None, 4.0, 8.0),
        (5, None, 15.0, 30.0),
        (10_000, None, 15.0, 30.0),
        (1, 7.0, 7.0, 7.0),
        (5, 1.0, 15.0, 30.0),
        (1, 3600.0, 3600.0, 3600.0),
    ],
)
def test_pauses_double_up_to_half_a_minute_and_are_never_shorter_than_asked_for(
    attempt: int, retry_after: float | None, least: float, most: float
) -> None:
    pauses = [pause_after(RateLimited(retry_after=retry_after), attempt) for _ in range(50)]
    assert all(least <= pause <= most for pause in pauses)
    assert retry_after == pauses[0] or len(set(pauses)) > 1, "waiting calls do not march in step"


async def test_a_fetch_that_was_refused_for_speed_backs_off(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice()
    await fault(shop, "rate_limit_429", method="GET", path="/v1/invoices", times=2)
    event = await tell(shop, "invoice.status.changed", invoice["id"])
    assert event["state"] in ("processed", "unchanged", "ignored")
    handled = await shop.rows(
        "SELECT extract(epoch FROM handled_at - received_at)::float8 AS seconds FROM events WHERE id = $1", event["id"]
    )
    assert handled[0]["seconds"] > 3, "at least one second, then at least two"
