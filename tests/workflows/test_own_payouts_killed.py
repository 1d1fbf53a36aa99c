"""A worker that dies before or after any commit on the way of a document of our own: one number, one document."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox.postgres import PostgresAddresses
from sandbox.processes import Process, ProcessFailed
from tests.conftest import Database
from tests.fixtures.house import Shop, until
from tests.fixtures.own_desk import documents_of, requested_own
from tests.fixtures.products import OwnProduct, own_product
from tests.fixtures.worker_processes import worker_process

POINTS = [
    f"{activity} {commit} {when}"
    for activity, commits in (("issue_own_document", 2), ("deliver_own_document", 1))
    for commit in range(1, commits + 1)
    for when in ("before", "after")
]


@pytest.fixture(scope="module")
async def unstaffed(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path
) -> AsyncIterator[OwnProduct]:
    """A product that has no workers but those a test starts. `database` first: two migrations at once get into each
    other's way."""
    async with own_product(
        postgres, stack_state / "unstaffed", staffed=False, unclear_outcome_seconds=0.6, handover_after_seconds=0.0
    ) as product:
        yield product


async def test_a_worker_killed_around_any_commit_leaves_one_document_with_one_number(
    unstaffed: OwnProduct, tmp_path: Path
) -> None:
    shops: dict[str, Shop] = {}
    payouts = {}
    for point in POINTS:
        shop = await unstaffed.house.shop()
        await shop.partners("ANNA")
        shops[point], payouts[point] = shop, await requested_own(shop)
    file = tmp_path / "points"
    file.write_text("\n".join(f"{shop.tenant.slug} {point}" for point, shop in shops.items()))
    for point, shop in shops.items():
        await shop.approve(payouts[point])
    program = ("tests.fixtures.dying_worker", "--points", str(file))
    deaths = 0
    while file.read_text():
        with suppress(ProcessFailed):  # it may die before it says that it is ready
            async with worker_process(unstaffed, tmp_path, program=program) as worker:
                await until(lambda worker=worker: died(worker, file), bool, "a death")  # type: ignore[misc]
        deaths += 1
    async with worker_process(unstaffed, tmp_path, program=program):
        for point, shop in shops.items():
            shown = await shop.payout_when(payouts[point]["number"], "credit_note_open")
            [document] = await documents_of(shop)
            assert (document["place"], document["handed_out"]) == (1, True), point
            assert shown["credit_note_number"] == document["number"]
            mails = await shop.rows("SELECT 1 FROM mails WHERE kind = 'own_document'")
            assert len(mails) <= 1, point
    assert deaths >= 2


async def died(worker: Process, points: Path) -> bool:
    return worker.exit_status is not None or points.stat().st_size == 0  # noqa: ASYNC240
