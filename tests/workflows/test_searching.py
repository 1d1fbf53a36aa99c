"""The search for a lost document: when, where, how far, and as the engine shows it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.books.lexoffice.calls import days_of_search
from ledger.documents import intents, unclear_outcomes
from ledger.types import BERLIN, IntentId
from tests.fixtures.desk import approved, credit_notes, fault, posts
from tests.fixtures.house import Shop, until


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


async def test_every_page_is_read_before_nothing_counts_as_found(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await fault(shop, "timeout_504_after", times=1)
    await fault(shop, "unavailable_503", method="GET", path="/v1/voucherlist")
    payout = await approved(shop, 10_000)
    (lost,) = await until(lambda: credit_notes(shop), bool, "the credit note")
    # The list begins with the newest document by date: the lost one stands on its second page.
    for _ in range(251):
        await shop.hook("POST", "credit-notes", {"customer": "Jemand", "net": "1.00", "voucherDate": "2031-01-01"})
    await shop.hook("DELETE", "faults")
    opened = await shop.payout_when(payout["number"], "credit_note_open")
    assert (opened["credit_note_id"], await posts(shop)) == (lost["id"], 1)


async def test_a_document_of_the_same_amount_with_a_mistyped_year_holds_no_search_up(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await shop.hook("POST", "credit-notes", {"customer": "Partner ANNA", "net": "100.00", "voucherDate": "2206-11-28"})
    await fault(shop, "timeout_504_after", times=1)
    payout = await approved(shop, 10_000)
    opened = await shop.payout_when(payout["number"], "credit_note_open")
    assert (len(await credit_notes(shop)), await posts(shop)) == (2, 1)
    assert opened["credit_note_number"]


@pytest.mark.parametrize(
    ("sent_at", "first", "last"),
    [
        (datetime(2026, 7, 1, 21, 59, 50, tzinfo=UTC), date(2026, 6, 30), date(2026, 7, 2)),
        (datetime(2026, 7, 1, 22, 0, 10, tzinfo=UTC), date(2026, 7, 1), date(2026, 7, 3)),
        (datetime(2026, 1, 1, 22, 59, 50, tzinfo=UTC), date(2025, 12, 31), date(2026, 1, 2)),
        (datetime(2026, 1, 1, 23, 59, 50, tzinfo=UTC), date(2026, 1, 1), date(2026, 1, 3)),
    ],
)
def test_the_days_that_are_searched_are_german_ones_and_one_more_on_each_side(
    sent_at: datetime, first: date, last: date
) -> None:
    assert days_of_search(sent_at) == (first, last)
    for created_at in (sent_at, sent_at + timedelta(seconds=45)):
        for zone in (UTC, BERLIN):
            assert first <= created_at.astimezone(zone).date() <= last


async def test_three_searches_end_with_the_waiting_time_counted_from_the_deadline(connected_shop: Shop) -> None:
    """By the clock of PostgreSQL, which wrote the deadline."""
    await connected_shop.payout()
    [row] = await connected_shop.rows(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents, sent_at, deadline)
        SELECT tenant_id, 'credit-note', id, '[x]', gen_random_uuid(), '{}', '', 1, 1, now(),
               now() + interval '45 seconds'
          FROM payouts LIMIT 1 RETURNING id
        """
    )
    due = []
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        for _ in range(unclear_outcomes.ENOUGH_SEARCHES):
            intent = await intents.get(tx, IntentId(row["id"]))
            due.append(await unclear_outcomes.seconds_to_search(tx, intent, timedelta(minutes=15)))
            await unclear_outcomes.count_empty_search(tx, intent.id)
    assert due == pytest.approx([45, 45 + 450, 45 + 900], abs=5)
