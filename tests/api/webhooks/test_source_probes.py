"""A test message of our own through the address of a source: it shows that the door is open, and books nothing."""

from tests.fixtures.door import Door
from tests.fixtures.sources_shop import sources_shop, stripe_shop

__all__ = ["sources_shop", "stripe_shop"]


async def test_a_caller_sends_a_test_message_through_the_address_of_a_source(sources_shop: Door) -> None:
    answer = await sources_shop.api("POST", "providers/custom/test")
    assert answer.status_code == 200, answer.text
    event = (await sources_shop.api("GET", f"events/{answer.json()['event']}")).json()
    assert (event["event_type"], event["state"], event["reason_code"]) == (
        "partnerdesk.test",
        "ignored",
        "source_probe",
    )
    await sources_shop.api("PUT", "providers/custom", {"secret": ""})
    assert (await sources_shop.api("POST", "providers/custom/test")).json()["code"] == "source_is_off"


async def test_a_test_message_stays_a_test_when_it_is_handled_once_more(sources_shop: Door) -> None:
    number = (await sources_shop.api("POST", "providers/digistore24/test")).json()["event"]
    again = await sources_shop.api("POST", f"events/{number}/replay")
    assert again.status_code < 300, again.text
    event = (await sources_shop.api("GET", f"events/{number}")).json()
    assert (event["state"], event["reason_code"]) == ("ignored", "source_probe")
