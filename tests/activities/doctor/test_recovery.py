"""After a restore nothing is created at lexoffice until the doctor has compared its numbers with the ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

import worker
from activities.gateway.calls import RECOVERY_NOT_CHECKED
from activities.gateway.lexoffice_gateway import LexofficeDoor
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.desk import approved, credit_notes, posts
from tests.fixtures.house import Shop, until
from tests.fixtures.planted_differences import examine, plant
from tests.fixtures.products import own_product

WORD = "2026-11-22"


@pytest.fixture
async def barred(connected_shop: Shop) -> AsyncIterator[LexofficeDoor]:
    """A worker's way to lexoffice, started with PARTNERDESK_RECOVERY."""
    async with worker.hands_of(connected_shop.house.settings.model_copy(update={"recovery": WORD})) as hands:
        yield hands.door


async def creates(door: LexofficeDoor, shop: Shop) -> bool:
    try:
        await (await door.creating(shop.tenant)).aclose()
    except ApplicationError as error:
        return error.type != RECOVERY_NOT_CHECKED or error.non_retryable
    return True


async def test_nothing_is_created_until_the_doctor_has_compared(barred: LexofficeDoor, connected_shop: Shop) -> None:
    assert not await creates(barred, connected_shop)
    await examine(connected_shop)
    assert not await creates(barred, connected_shop), "an examination outside a recovery is no check of it"
    await examine(connected_shop, recovery="another-recovery")
    assert not await creates(barred, connected_shop), "the check of another recovery may be in the backup"
    report = await examine(connected_shop, recovery=WORD)
    assert report["notes"] == ["Recovery: compared; documents are created again."]
    assert await creates(barred, connected_shop)


async def test_what_the_ledger_has_forgotten_bars_creating_until_it_is_mended_or_accepted(
    barred: LexofficeDoor, connected_shop: Shop
) -> None:
    made = await connected_shop.hook(
        "POST", "credit-notes", {"customer": "Partner ANNA", "net": "5.00", "remark": "[PO-2026-0007/k7Q2mX9a]"}
    )
    report = await examine(connected_shop, recovery=WORD)
    assert [one["check"] for one in report["differences"]] == ["credit_note_without_payout"]
    assert not await creates(barred, connected_shop)
    await examine(connected_shop, recovery=WORD, accept="checked with the tenant")
    assert await creates(barred, connected_shop)
    await examine(connected_shop, recovery=WORD)
    assert not await creates(barred, connected_shop), "the newest check counts"
    await connected_shop.click(made["id"], "void")
    await examine(connected_shop, recovery=WORD)
    assert await creates(barred, connected_shop)


async def test_books_that_the_doctor_cannot_compare_bar_creating_until_a_person_has(
    barred: LexofficeDoor, connected_shop: Shop, database: Database
) -> None:
    """That lexoffice agrees says nothing of them."""
    await plant(database, "UPDATE tenants SET books = 'easybill' WHERE id = $1", connected_shop.tenant.id)
    report = await examine(connected_shop, recovery=WORD)
    assert [(one["check"], one["subject_id"]) for one in report["differences"]] == [("books_not_compared", "easybill")]
    assert not await creates(barred, connected_shop)
    await examine(connected_shop, recovery=WORD, accept="compared by hand")
    assert await creates(barred, connected_shop)


async def test_an_engine_that_is_away_bars_creating(barred: LexofficeDoor, connected_shop: Shop) -> None:
    """It may know of payouts and numbers that the restored ledger has forgotten."""
    report = await examine(connected_shop, recovery=WORD, engine_at="127.0.0.1:1")
    assert [one["check"] for one in report["differences"]] == ["engine_not_compared"]
    assert not await creates(barred, connected_shop)
    await examine(connected_shop, recovery=WORD, engine_at="127.0.0.1:1", accept="the engine was lost as well")
    assert await creates(barred, connected_shop)
    await examine(connected_shop, recovery=WORD)
    assert await creates(barred, connected_shop)


async def test_numbers_that_lexoffice_or_the_engine_have_seen_are_not_given_again(
    connected_shop: Shop, database: Database
) -> None:
    payout = await connected_shop.payout()
    voided = await connected_shop.hook(
        "POST", "credit-notes", {"customer": "Partner ANNA", "net": "5.00", "remark": "[PO-2026-0041/k7Q2mX9a]"}
    )
    await connected_shop.click(voided["id"], "void")
    await connected_shop.payout_workflow(payout["number"]).signal("recheck")
    report = await examine(connected_shop, recovery=WORD)
    assert report["differences"] == []
    assert "Payout numbers of 2026 go on after 41: so far they are in use." in report["notes"]
    await connected_shop.approved_sale()
    asked = await connected_shop.api("POST", "/payouts", {"partner": "BERND"})
    assert asked["number"] == "PO-2026-0042"


async def test_a_workflow_whose_payout_the_restored_ledger_does_not_know_bars_creating(
    barred: LexofficeDoor, connected_shop: Shop, database: Database
) -> None:
    payout = await connected_shop.payout()
    await plant(
        database,
        "UPDATE payouts SET number = 'PO-2026-0500', state = 'rejected' WHERE tenant_id = $1 AND number = $2",
        connected_shop.tenant.id,
        payout["number"],
    )
    # The engine lists its workflows a moment late: a doctor who came at once would not see this one.
    await until(
        lambda: examine(connected_shop, recovery=WORD),
        lambda report: "workflow_without_payout" in {one["check"] for one in report["differences"]},
        "a listed workflow",
    )
    assert not await creates(barred, connected_shop)


async def test_a_restored_product_pays_nobody_until_the_doctor_has_compared(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path
) -> None:
    """The whole product, started with PARTNERDESK_RECOVERY: `database` comes first, as in tests/workflows."""
    async with own_product(postgres, stack_state / "restored", recovery=WORD) as product:
        shop = await product.shop()
        await shop.partners()
        payout = await approved(shop)
        workflow = shop.payout_workflow(payout["number"])

        async def last_failure() -> str:
            pending = (await workflow.describe()).raw_description.pending_activities
            return next((one.last_failure.message for one in pending), "")

        said = await until(last_failure, bool, "the refusal to create")
        assert "partnerdesk doctor" in said, "the Temporal UI says what is to be done"
        assert (await shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "approved"
        assert await posts(shop) == 0

        # The engine's list of workflows lags, and what differs bars creating: as often as the operator likes.
        await until(
            lambda: examine(shop), lambda report: report["differences"] == [], "a comparison without a difference"
        )
        await shop.payout_when(payout["number"], "credit_note_open")
        assert (len(await credit_notes(shop)), await posts(shop)) == (1, 1)
