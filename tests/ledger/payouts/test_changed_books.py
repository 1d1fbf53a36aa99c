"""A tenant has other books from now on: what is approved ends where it was approved, the rest is asked about anew."""

from typing import Any

import pytest

from ledger.connections import running_workers
from ledger.payouts import decisions, document_settings, payout_content, payout_requests
from ledger.payouts.document_settings import DocumentSettingsChange
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, ContentHasChanged, NotAcceptable, NotAllowedNow
from ledger.types import PayoutState, TaxCase
from tests.conftest import Database
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import approve, ask_for, earn, fit_to_be_paid, fit_to_pay, look, request
from tests.fixtures.planted_differences import plant

WORDS = {TaxCase.REGULAR: "taxed"}


async def change(shop: Shop, **wanted: Any) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        told = DocumentSettingsChange.model_validate({"books": "easybill", "small_business": False} | wanted)
        await document_settings.change(tx, told, by="user:chief")


async def hash_of(shop: Shop, payout: Payout) -> str:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await payout_content.content_hash(tx, payout.id)


async def test_what_awaits_approval_is_asked_about_anew_under_the_new_books(shop: Shop) -> None:
    payout = await ask_for(shop)
    await change(shop, tax_options=WORDS)
    asked = await look(shop, payout.number)
    assert (asked.books, asked.hash_version, asked.state) == ("easybill", 4, PayoutState.AWAITING_APPROVAL)
    with pytest.raises(ContentHasChanged):
        await approve(shop, payout)
    await approve(shop, asked)
    assert (await look(shop, payout.number)).state is PayoutState.APPROVED


async def test_what_is_approved_ends_in_the_books_that_it_was_approved_with(shop: Shop) -> None:
    payout = await ask_for(shop)
    await approve(shop, payout)
    await change(shop, tax_options=WORDS)
    kept = await look(shop, payout.number)
    assert (kept.books, kept.hash_version, await hash_of(shop, kept)) == ("lexoffice", 1, payout.content_hash)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await payout_requests.why_blocked(tx, kept) is None
        assert await decisions.approved_hash(tx, payout.id) == payout.content_hash


async def test_back_in_lexoffice_an_approval_stands_for_what_it_stood_for_there(shop: Shop) -> None:
    """Whom its credit note names is its contact: another one is another content."""
    payout = await ask_for(shop)
    await change(shop, tax_options=WORDS)
    await change(shop, books="lexoffice")
    asked = await look(shop, payout.number)
    assert (asked.books, asked.hash_version, asked.content_hash) == ("lexoffice", 1, payout.content_hash)
    await approve(shop, asked)
    await shop.rows("UPDATE partners SET lexoffice_contact_id = gen_random_uuid() WHERE code = 'ANNA' RETURNING 1")
    assert await hash_of(shop, asked) != payout.content_hash


async def test_another_word_for_the_tax_case_voids_what_was_seen(shop: Shop) -> None:
    await change(shop, tax_options=WORDS | {TaxCase.PRIVATE: "nStb"})
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, status="private", vat_id=None, tax_number=None)
    await earn(shop, 10_000)
    payout = await request(shop)
    await change(shop, tax_options={TaxCase.PRIVATE: "sStfr"})
    assert await hash_of(shop, payout) != payout.content_hash


async def test_a_case_that_nobody_has_confirmed_is_blocked_and_so_is_an_own_document(shop: Shop) -> None:
    await change(shop)
    with pytest.raises(Blocked) as refused:
        await ask_for(shop)
    assert (refused.value.code, refused.value.params) == ("tax_option_missing", {"books": "easybill"})
    await change(shop, tax_options=WORDS, strategies={TaxCase.REGULAR: "own_document"})
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "own_document_not_in_these_books"


async def test_a_word_that_the_books_do_not_have_for_a_case_is_refused(shop: Shop) -> None:
    with pytest.raises(NotAcceptable) as refused:
        await change(shop, tax_options={TaxCase.REGULAR: "smallBusiness"})
    assert refused.value.code == "tax_option_unknown"


async def test_other_books_wait_for_every_worker_to_know_them(shop: Shop, database: Database) -> None:
    await running_workers.tell(shop.ledger, "17@host-old", reads=running_workers.OTHER_BOOKS - 1)
    try:
        with pytest.raises(NotAllowedNow) as refused:
            await change(shop, tax_options=WORDS)
        assert refused.value.code == "worker_of_an_older_release"
    finally:
        await plant(database, "DELETE FROM running_workers")
