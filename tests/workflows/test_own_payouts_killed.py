"""A worker that dies before or after any commit on the way of a document of our own: one number, one document."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox.postgres import PostgresAddresses
from sandbox.processes import Process, ProcessFailed
from tests.conftest import Database
from tests.fixtures.house import Shop, until
from tests.fixtures.own_desk import choose_categories, documents_of, requested_own, vouchers_of
from tests.fixtures.products import OwnProduct, own_product
from tests.fixtures.worker_processes import worker_process


def points(*activities: tuple[str, int]) -> list[str]:
    """`activity n before|after` for each commit of these."""
    return [
        f"{activity} {commit} {when}"
        for activity, commits in activities
        for commit in range(1, commits + 1)
        for when in ("before", "after")
    ]


WITHOUT_BOOKS = points(("issue_own_document", 2), ("deliver_own_document", 1))
IN_LEXOFFICE = points(("book_voucher", 5), ("attach_voucher_file", 2), ("read_back_voucher", 2))
"""More than the commits that each makes are named: what is never reached kills nobody."""


@pytest.fixture(scope="module")
async def unstaffed(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path
) -> AsyncIterator[OwnProduct]:
    """A product that has no workers but those a test starts. `database` first: two migrations at once get into each
    other's way."""
    async with own_product(
        postgres,
        stack_state / "unstaffed",
        staffed=False,
        create_seconds=3.0,
        certain_seconds=4.0,
        unclear_outcome_seconds=0.6,
        handover_after_seconds=0.0,
    ) as product:
        yield product


async def test_a_worker_killed_around_any_commit_leaves_one_document_with_one_number(
    unstaffed: OwnProduct, tmp_path: Path
) -> None:
    shops, deaths = await killed_at(unstaffed, WITHOUT_BOOKS, tmp_path, books="none")
    assert deaths >= 2
    for point, shop in shops.items():
        [document] = await documents_of(shop)
        assert (document["place"], document["handed_out"]) == (1, True), point


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_worker_killed_around_any_commit_of_the_booking_leaves_one_voucher_with_one_file(
    unstaffed: OwnProduct, tmp_path: Path
) -> None:
    shops, deaths = await killed_at(unstaffed, IN_LEXOFFICE, tmp_path, books="lexoffice")
    assert deaths >= 10
    for point, shop in shops.items():
        [document] = await documents_of(shop)
        [voucher] = await vouchers_of(shop)
        assert (document["place"], document["handed_out"]) == (1, True), point
        assert (voucher["voucherNumber"], len(voucher["files"])) == (document["number"], 1), point


async def killed_at(product: OwnProduct, points: list[str], state: Path, *, books: str) -> tuple[dict[str, Shop], int]:
    """A payout of a tenant of its own for each point, all of them delivered in the end; and how often a worker died."""
    shops: dict[str, Shop] = {}
    payouts: dict[str, str] = {}
    file = state / "points"
    file.write_text("")
    for point in points:
        shop = await product.house.shop()
        await shop.partners("ANNA")
        if books == "lexoffice":
            await choose_categories(shop)
        asked = await requested_own(shop, books=books)
        shops[point], payouts[point] = shop, asked["number"]
        await shop.approve(asked)
    file.write_text("\n".join(f"{shop.tenant.slug} {point}" for point, shop in shops.items()))
    program = ("tests.fixtures.dying_worker", "--points", str(file))

    async def over(worker: Process) -> bool:
        return worker.exit_status is not None or await all_open()

    async def all_open() -> bool:
        states = [await shop.api("GET", f"/payouts/{payouts[point]}") for point, shop in shops.items()]
        return all(payout["state"] == "credit_note_open" for payout in states)

    deaths = 0
    while not await all_open():
        with suppress(ProcessFailed):  # it may die before it says that it is ready
            async with worker_process(product, state, program=program) as worker:
                await until(lambda worker=worker: over(worker), bool, "a death, or the end")  # type: ignore[misc]
                deaths += worker.exit_status is not None
                continue
        deaths += 1
    return shops, deaths
