"""From a file of the bank to a payout that is paid or came back, by the doors that people use."""

import pytest

from tests.fixtures.desk import task
from tests.fixtures.house import Shop, until
from tests.fixtures.statement_desk import back, bring, out, sent_by_file


async def compared(shop: Shop) -> None:
    """All that the bank told was compared."""
    await until(
        lambda: shop.rows("SELECT 1 FROM statement_files WHERE matched_at IS NULL"), lambda open: not open, "comparing"
    )


async def test_where_the_bank_says_paid_its_statement_ends_the_payout(connected_shop: Shop) -> None:
    payout = await sent_by_file(connected_shop)
    await connected_shop.rows("UPDATE tenants SET paid_by = 'bank'")
    await bring(connected_shop, out(payout))
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["number"]
    assert await connected_shop.payout_workflow(payout["number"]).result() == "paid"
    await compared(connected_shop)


@pytest.mark.parametrize("paid_by", ["lexoffice", "bank"])
async def test_a_return_after_the_payouts_end_returns_it(connected_shop: Shop, paid_by: str) -> None:
    payout = await sent_by_file(connected_shop)
    await connected_shop.rows("UPDATE tenants SET paid_by = $1", paid_by)
    await bring(connected_shop, out(payout))
    if paid_by == "lexoffice":
        await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")
    await bring(connected_shop, back(payout), number=2)
    await connected_shop.payout_when(payout["number"], "returned")
    asked = await task(connected_shop, "returned")
    assert asked["reason"] == "Die Bank hat zurückgebucht: Das Konto ist aufgelöst."


async def test_lexoffice_alone_does_not_pay_where_both_must(connected_shop: Shop) -> None:
    payout = await sent_by_file(connected_shop)
    await connected_shop.rows("UPDATE tenants SET paid_by = 'both'")
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    events = await connected_shop.events_ended(payout["credit_note_id"])
    assert "Die Buchhaltung meldet bezahlt." in " ".join(event["reason"] or "" for event in events)
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"
    await bring(connected_shop, out(payout))
    await connected_shop.payout_when(payout["number"], "paid")
