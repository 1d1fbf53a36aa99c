"""Payouts are documented in easybill: a CREDIT created once, given force, read back, paid, cancelled."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ledger.inbox import sweep_findings
from ledger.types import BERLIN, EASYBILL
from tests.fixtures.desk import handed_over, requested
from tests.fixtures.easybill_shop import EasybillShop, easybill_shop, id_of, keep_books_in_easybill
from tests.fixtures.house import House, until
from workflows.messages import PAYOUTS


@pytest.fixture
async def bookkeeper(product: House, easybill_sandbox: str) -> AsyncIterator[EasybillShop]:
    async with easybill_shop(product, easybill_sandbox) as opened:
        await keep_books_in_easybill(opened.shop)
        yield opened


async def credits(books: EasybillShop) -> list[dict[str, Any]]:
    return [document for document in await books.office.shows("documents") if document["type"] == "CREDIT"]


async def opened(books: EasybillShop) -> dict[str, Any]:
    payout = await requested(books.shop)
    await books.shop.approve(payout)
    return await books.shop.payout_when(payout["number"], "credit_note_open")


async def test_an_approved_payout_becomes_a_credit_that_is_done_and_is_paid_with_its_reference(
    bookkeeper: EasybillShop,
) -> None:
    payout = await opened(bookkeeper)
    [credit] = await credits(bookkeeper)
    assert (credit["is_draft"], abs(credit["amount_net"]), abs(credit["amount"])) == (False, 10_000, 11_900)
    assert (payout["credit_note_number"], payout["credit_note_id"]) == (credit["number"], id_of(credit))
    assert credit["external_id"].startswith(f"[{payout['number']}/")
    assert credit["customer_snapshot"]["company_name"] == "Partner ANNA"
    await bookkeeper.office.clicks(credit["id"], "mark-paid", reference="Überweisung 17")
    paid = await bookkeeper.shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == "Überweisung 17"
    assert await bookkeeper.shop.payout_workflow(payout["number"]).result() == "paid"


@pytest.mark.parametrize("names_it", [False, True])
async def test_a_credit_that_is_cancelled_cancels_its_payout(bookkeeper: EasybillShop, names_it: bool) -> None:
    await bookkeeper.office.changes(cancel_id_on_credits=names_it)
    payout = await opened(bookkeeper)
    [credit] = await credits(bookkeeper)
    await bookkeeper.office.clicks(credit["id"], "cancel")
    await bookkeeper.shop.payout_when(payout["number"], "cancelled")


async def swept(books: EasybillShop) -> str:
    """A pass, as the tenant's schedule makes it."""
    pass_ = await books.shop.house.engine.start_workflow(
        "SweepWorkflow", {"tenant": books.shop.tenant}, id=f"sweep/{uuid4()}", task_queue=PAYOUTS, result_type=str
    )
    return str(await pass_.result())


async def ended(books: EasybillShop, payout: dict[str, Any], state: str) -> None:
    """By what the pass has found, which the hand-over announces."""

    async def look() -> str:
        await handed_over(books.shop.house)
        return str((await books.shop.api("GET", f"/payouts/{payout['number']}"))["state"])

    await until(look, lambda seen: seen == state, state)


async def test_a_payment_that_was_never_told_is_found_by_the_next_pass(bookkeeper: EasybillShop) -> None:
    await bookkeeper.office.changes(drop_rate=1)
    payout, other = await opened(bookkeeper), await bookkeeper.office.credit()
    assert await swept(bookkeeper) == "0 found"
    [credit] = [one for one in await credits(bookkeeper) if one["id"] != other.id]
    for paid in (credit["id"], other.id):
        await bookkeeper.office.clicks(paid, "mark-paid", reference="Überweisung 17")
    assert await swept(bookkeeper) == "1 found"
    assert await swept(bookkeeper) == "0 found", "it was said"
    await ended(bookkeeper, payout, "paid")
    assert await swept(bookkeeper) == "not connected", "nothing is awaited any more"


@pytest.mark.parametrize("names_it", [False, True])
async def test_a_cancellation_that_was_never_told_is_found_by_the_next_pass(
    bookkeeper: EasybillShop, names_it: bool
) -> None:
    await bookkeeper.office.changes(drop_rate=1, cancel_id_on_credits=names_it)
    payout = await opened(bookkeeper)
    [credit] = await credits(bookkeeper)
    await bookkeeper.office.clicks(credit["id"], "cancel")
    assert await swept(bookkeeper) == "1 found"
    await ended(bookkeeper, payout, "cancelled")


async def test_a_credit_that_could_be_sent_days_later_is_in_the_list_by_its_own_date(bookkeeper: EasybillShop) -> None:
    payout = await opened(bookkeeper)
    await bookkeeper.shop.rows("UPDATE creation_intents SET created_at = created_at - interval '9 days' RETURNING 1")
    async with bookkeeper.shop.house.ledger.transaction(bookkeeper.shop.tenant) as tx:
        since = await sweep_findings.credits_awaited_since(tx, provider=EASYBILL)
        [known] = await tx.fetch("SELECT created_at FROM external_documents")
    assert since == (known["created_at"] - timedelta(days=9)).astimezone(BERLIN).date()
    assert payout["state"] == "credit_note_open"


async def test_a_credit_that_does_not_name_its_cancellation_is_no_difference_once_it_is_known(
    bookkeeper: EasybillShop,
) -> None:
    await bookkeeper.office.changes(cancel_id_on_credits=False)
    payout, _ = await opened(bookkeeper), await opened(bookkeeper)
    first = next(one for one in await credits(bookkeeper) if payout["number"] in one["external_id"])
    await bookkeeper.office.clicks(first["id"], "cancel")
    await bookkeeper.shop.payout_when(payout["number"], "cancelled")
    assert await swept(bookkeeper) == "0 found"


async def test_the_question_about_a_credit_is_closed_once_the_list_shows_it_as_it_is_held(
    bookkeeper: EasybillShop,
) -> None:
    await opened(bookkeeper)
    [credit] = await credits(bookkeeper)
    await bookkeeper.shop.rows(
        "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason_code, actions)"
        " VALUES ($1, 'list_and_document_differ', 'document', $2, 'list_and_document_differ', '{done}')",
        bookkeeper.shop.tenant.id,
        id_of(credit),
    )
    assert await swept(bookkeeper) == "0 found"
    open_ones = await bookkeeper.shop.rows(
        "SELECT kind FROM tasks WHERE tenant_id = $1 AND state = 'open' AND kind = 'list_and_document_differ'",
        bookkeeper.shop.tenant.id,
    )
    assert open_ones == []


async def test_a_pass_over_lexoffice_does_not_wait_for_easybill(bookkeeper: EasybillShop) -> None:
    """It is remembered before easybill is asked, which is away."""
    shop = bookkeeper.shop
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
    await opened(bookkeeper)
    await bookkeeper.office.does("faults", kind="unavailable_503", method="GET", path="/documents$")
    pass_ = await shop.house.engine.start_workflow(
        "SweepWorkflow", {"tenant": shop.tenant}, id=f"sweep/{uuid4()}", task_queue=PAYOUTS
    )

    async def remembered() -> bool:
        rows = await shop.rows("SELECT swept_until FROM sweep_states WHERE tenant_id = $1", shop.tenant.id)
        return any(row["swept_until"] is not None for row in rows)

    try:
        await until(remembered, bool, "the end of lexoffice's pass")
    finally:
        await pass_.terminate()
