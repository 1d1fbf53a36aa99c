"""The search for a lost credit note, as the engine shows it."""

from tests.house import Shop
from tests.workflows.desk import approved, credit_notes, fault


async def test_each_request_of_a_search_is_an_activity_of_its_own(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await shop.hook("POST", "credit-notes", {"customer": "Partner ANNA", "net": "100.00"})
    await fault(shop, "timeout_504_after", times=1)
    payout = await approved(shop, 10_000)
    await shop.payout_when(payout["number"], "credit_note_open")
    history = await shop.payout_workflow(payout["number"]).fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
    assert [name for name in scheduled if name] == [
        "advance",
        "create_credit_note",
        "search_page",
        "search_candidate",
        "search_candidate",
        "judge_credit_note_search",
        "read_back_credit_note",
    ]
    assert len(await credit_notes(shop)) == 2
