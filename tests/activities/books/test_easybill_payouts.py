"""Payouts are documented in easybill: a CREDIT created once, given force, read back, paid, cancelled."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fixtures.desk import requested
from tests.fixtures.easybill_shop import EasybillShop, easybill_shop, id_of, keep_books_in_easybill
from tests.fixtures.house import House


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
