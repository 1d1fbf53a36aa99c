"""A strategy that an older release does not know is switched on, and approved under, once none of its workers runs."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ledger.books import NO_BOOKS
from ledger.connections import running_workers
from ledger.refusals import NotAllowedNow
from ledger.tax import strategies
from ledger.types import DocumentStrategy, TaxCase
from tests.conftest import Database
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import approve, ask_for
from tests.fixtures.planted_differences import plant

OLD, NEW = "17@host-old", "18@host-new"


@pytest.fixture
async def old_worker(shop: Shop, database: Database) -> AsyncIterator[None]:
    """Of the release before: it reads no formula but the first."""
    await running_workers.tell(shop.ledger, OLD, reads=1)
    await running_workers.tell(shop.ledger, NEW)
    yield
    await plant(database, "DELETE FROM running_workers")


async def switch_on(shop: Shop, strategy: DocumentStrategy = DocumentStrategy.OWN_DOCUMENT) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await strategies.set_strategy(tx, TaxCase.REGULAR, strategy, by="user:chief")


async def silence(database: Database) -> None:
    await plant(database, "UPDATE running_workers SET seen_at = seen_at - interval '61 s' WHERE name = $1", OLD)


@pytest.mark.usefixtures("old_worker")
async def test_a_strategy_that_a_running_worker_does_not_know_is_not_switched_on(
    shop: Shop, database: Database
) -> None:
    with pytest.raises(NotAllowedNow) as refused:
        await switch_on(shop)
    assert (refused.value.code, refused.value.params) == ("worker_of_an_older_release", {"worker": OLD})
    await switch_on(shop, DocumentStrategy.BLOCKED)
    await silence(database)
    await switch_on(shop)


@pytest.mark.usefixtures("old_worker")
async def test_nothing_is_approved_under_it_while_that_worker_runs(shop: Shop, database: Database) -> None:
    await silence(database)
    async with shop.ledger.transaction(shop.tenant) as tx:
        own = dict.fromkeys((TaxCase.REGULAR, TaxCase.SMALL_BUSINESS, TaxCase.PRIVATE), DocumentStrategy.OWN_DOCUMENT)
        await strategies.choose(tx, own, books=NO_BOOKS, by="user:chief")
    payout = await ask_for(shop, 12_345)
    assert payout.hash_version == 2
    await running_workers.tell(shop.ledger, OLD, reads=1)
    with pytest.raises(NotAllowedNow) as refused:
        await approve(shop, payout)
    assert refused.value.code == "worker_of_an_older_release"
    await running_workers.tell(shop.ledger, OLD)  # replaced
    await approve(shop, payout)


@pytest.mark.usefixtures("old_worker")
async def test_a_credit_note_is_approved_whoever_runs(shop: Shop) -> None:
    await approve(shop, await ask_for(shop, 12_345))


async def test_a_worker_is_known_from_its_start_to_its_end(shop: Shop, database: Database) -> None:
    async def known() -> list[str]:
        async with shop.ledger.without_tenant() as db:
            return [row["name"] for row in await db.fetch("SELECT name FROM running_workers")]

    saying = asyncio.create_task(running_workers.say_while_running(shop.ledger, NEW))
    while NEW not in await known():
        assert not saying.done()
    saying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saying
    assert await known() == []
