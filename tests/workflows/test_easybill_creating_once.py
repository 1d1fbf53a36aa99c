"""A CREDIT is created exactly once in easybill, whatever it answers. easybill's own documents are counted.

Kinds of faults run side by side, a tenant each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.desk import answer, approved, decide, handed_over, requested, task
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


async def blocked(books: EasybillShop, number: str) -> dict[str, Any]:
    found: dict[str, Any] = await until(
        lambda: books.shop.api("GET", f"/payouts/{number}"), lambda one: one["blocked"] is not None, "what blocks it"
    )
    return found


async def mended(books: EasybillShop) -> None:
    (await books.office.hooks.delete(f"/sandbox/accounts/{books.office.account}/faults")).raise_for_status()


async def retried(books: EasybillShop, number: str) -> None:
    [asked] = [one for one in await books.shop.tasks() if one["subject_id"] == number]
    assert (await answer(books.shop, asked, "retry")).status_code == 202


async def test_a_number_that_is_given_while_we_ask_for_it_is_taken_as_given(offices: Offices) -> None:
    """As by a slower attempt of ours, or by a person: easybill answers 400 then."""
    books = await offices.open()
    await books.office.does("faults", kind="slow", method="GET", path="/documents/[0-9]+$", times=1, delay_ms=1_000)
    payout = await approved(books.shop)
    [draft] = await until(lambda: credits(books), bool, "the draft")
    await until(lambda: books.office.shows("faults"), lambda found: found[0]["injected"] == 1, "the slow answer")
    await books.office.clicks(draft["id"], "done")
    opened = await books.shop.payout_when(payout["number"], "credit_note_open")
    assert (opened["credit_note_number"], opened["blocked"], await books.shop.tasks()) == ("GS-2026-0001", None, [])


async def test_a_customer_that_somebody_deleted_is_made_anew_by_the_next_attempt(offices: Offices) -> None:
    books = await offices.open()
    first = await approved(books.shop)
    await books.shop.payout_when(first["number"], "credit_note_open")
    [credit] = await credits(books)
    deleted = await books.office.hooks.delete(
        f"/rest/v1/customers/{credit['customer_id']}", headers={"Authorization": f"Bearer {books.office.key}"}
    )
    assert deleted.status_code == 204
    second = await approved(books.shop)
    await blocked(books, second["number"])
    await retried(books, second["number"])
    await books.shop.payout_when(second["number"], "credit_note_open")
    [_, again] = sorted(await credits(books), key=lambda one: int(one["id"]))
    assert again["customer_snapshot"]["company_name"] == "Partner ANNA"


async def test_what_was_never_sent_may_be_cancelled_and_is_asked_about_anew_when_its_partner_changes(
    offices: Offices,
) -> None:
    books = await offices.open()
    await books.office.does("faults", kind="forbidden_403", method="POST", path="/customers$")
    payout, other = await approved(books.shop), await approved(books.shop)
    await blocked(books, payout["number"])
    await blocked(books, other["number"])
    assert await books.shop.rows("SELECT FROM creation_intents WHERE closed_at IS NULL") == []
    assert (await decide(books.shop, other, "cancel")).status_code == 202
    await books.shop.payout_when(other["number"], "cancelled")
    await books.shop.rows("UPDATE partners SET street = 'Neue Gasse 9' WHERE code = 'ANNA' RETURNING 1")
    await mended(books)
    await retried(books, payout["number"])
    await books.shop.payout_when(payout["number"], "awaiting_approval")
    assert await credits(books) == []


async def test_a_credit_that_is_cancelled_before_we_have_read_it_cancels_its_payout(offices: Offices) -> None:
    """It does not say so itself: the document that takes it back does."""
    books = await offices.open()
    await books.office.does("faults", kind="forbidden_403", method="GET", path="/documents/[0-9]+$", times=1)
    payout = await approved(books.shop)
    await blocked(books, payout["number"])
    [draft] = await credits(books)
    await books.office.does("faults", kind="forbidden_403", method="GET", path=f"/documents/{draft['id']}$")
    await books.office.clicks(draft["id"], "done")
    await books.office.clicks(draft["id"], "cancel")

    async def voided() -> bool:
        return bool(await books.shop.rows("SELECT FROM external_documents WHERE status = 'voided'"))

    await until(voided, bool, "the news of what takes it back")
    await mended(books)
    await books.shop.payout_workflow(payout["number"]).signal("recheck")
    await books.shop.payout_when(payout["number"], "cancelled")


async def test_a_person_names_the_lost_credit_by_its_number_in_easybill_and_no_document_of_others(
    offices: Offices,
) -> None:
    books = await offices.open()
    await books.shop.rows("UPDATE tenants SET four_eyes_limit_cents = 1 RETURNING 1")
    await books.office.does("faults", kind="timeout_504_after", method="POST", path="/documents$", times=1)
    await books.office.does("faults", kind="late_list", method="GET", path="/documents$", delay_ms=600_000)
    payout = await approved(books.shop)
    asked = await task(books.shop, "outcome_unknown")
    [lost] = await credits(books)
    for wrong in (str(uuid4()), "0", "GS-2026-0001"):
        assert (await answer(books.shop, asked, "adopt", detail={"resource_id": wrong})).status_code == 422
    assert (await answer(books.shop, asked, "adopt", detail={"resource_id": str(lost["id"])})).status_code == 202
    await books.shop.payout_when(payout["number"], "credit_note_open")
    assert len(await credits(books)) == 1
