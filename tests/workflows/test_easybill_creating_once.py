"""A CREDIT is created exactly once in easybill, whatever it answers. easybill's own documents are counted.

Kinds of faults run side by side, a tenant each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.fixtures.desk import handed_over, requested
from tests.fixtures.easybill_shop import EasybillShop, easybill_shop, keep_books_in_easybill
from tests.fixtures.house import until
from tests.fixtures.products import OwnProduct


@pytest.fixture
async def offices(impatient: OwnProduct, easybill_sandbox: str) -> AsyncIterator["Offices"]:
    async with AsyncExitStack() as stack:
        yield Offices(stack, impatient, easybill_sandbox)


class Offices:
    def __init__(self, stack: AsyncExitStack, product: OwnProduct, address: str) -> None:
        self.product = product
        self._stack = stack
        self._address = address

    async def open(self) -> EasybillShop:
        opened = await self._stack.enter_async_context(easybill_shop(self.product.house, self._address))
        await keep_books_in_easybill(opened.shop)
        return opened


async def credits(books: EasybillShop) -> list[dict[str, Any]]:
    return [document for document in await books.office.shows("documents") if document["type"] == "CREDIT"]


async def posts(books: EasybillShop) -> int:
    calls = await books.office.shows("calls")
    return sum((call["method"], call["path"]) == ("POST", "/rest/v1/documents") for call in calls)


NOTHING_WAS_MADE = ("unavailable_503", "timeout_504_before", "reset_before")
MADE_UNHEARD = ("timeout_504_after", "reset_after")


async def test_after_every_unclear_answer_there_is_exactly_one_credit(offices: Offices) -> None:
    async def create(kind: str) -> tuple[int, int]:
        books = await offices.open()
        await books.office.does("faults", kind=kind, method="POST", path="/documents$", times=1)
        payout = await requested(books.shop)
        await books.shop.approve(payout)
        await books.shop.payout_when(payout["number"], "credit_note_open")
        [credit] = await credits(books)
        assert not credit["is_draft"]
        return len(await credits(books)), await posts(books)

    kinds = (*NOTHING_WAS_MADE, *MADE_UNHEARD)
    found = dict(zip(kinds, await asyncio.gather(*map(create, kinds)), strict=True))
    assert found == dict.fromkeys(NOTHING_WAS_MADE, (1, 2)) | dict.fromkeys(MADE_UNHEARD, (1, 1))


async def test_a_number_that_was_given_unheard_is_given_once(offices: Offices) -> None:
    books = await offices.open()
    await books.office.does("faults", kind="timeout_504_after", method="PUT", path="/done$", times=1)
    payout = await requested(books.shop)
    await books.shop.approve(payout)
    opened = await books.shop.payout_when(payout["number"], "credit_note_open")
    [credit] = await credits(books)
    assert opened["credit_note_number"] == credit["number"] == "GS-2026-0001"


async def test_a_refused_key_stops_payouts_and_a_new_one_moves_them_on(offices: Offices) -> None:
    books = await offices.open()
    await books.office.does("faults", kind="unauthorized_401")
    payout = await requested(books.shop)
    await books.shop.approve(payout)
    await until(
        lambda: books.shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["blocked"] is not None,
        "what blocks a payout",
    )
    [asked] = await books.shop.tasks()
    assert (asked["kind"], asked["subject_id"]) == ("connection_broken", "easybill")
    (await books.office.hooks.delete(f"/sandbox/accounts/{books.office.account}/faults")).raise_for_status()
    await books.shop.api("PUT", "/providers/easybill", {"api_key": books.office.key})
    await handed_over(offices.product.house)
    await books.shop.payout_when(payout["number"], "credit_note_open")
    assert (len(await credits(books)), await books.shop.tasks()) == (1, [])
