"""After a restore nothing is created at lexoffice until the doctor has compared its numbers with the ledger."""

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

import worker
from activities.lexoffice_door import RECOVERY_NOT_CHECKED, LexofficeDoor
from tests.conftest import Database
from tests.doctor.planting import examine, plant
from tests.house import Shop

WORD = "2026-11-22"


@pytest.fixture
async def door(shop: Shop) -> AsyncIterator[LexofficeDoor]:
    """A worker's way to lexoffice, started with PARTNERDESK_RECOVERY."""
    async with worker.hands_of(shop.house.settings.model_copy(update={"recovery": WORD})) as hands:
        yield hands.door


async def creates(door: LexofficeDoor, shop: Shop) -> bool:
    try:
        await (await door.creating(shop.tenant)).aclose()
    except ApplicationError as error:
        return error.type != RECOVERY_NOT_CHECKED or error.non_retryable
    return True


async def test_nothing_is_created_until_the_doctor_has_compared(door: LexofficeDoor, shop: Shop) -> None:
    assert not await creates(door, shop)
    await examine(shop)
    assert not await creates(door, shop), "an examination outside a recovery is no check of it"
    await examine(shop, recovery="another-recovery")
    assert not await creates(door, shop), "the check of another recovery may be in the backup"
    report = await examine(shop, recovery=WORD)
    assert report["notes"] == ["Recovery: compared; documents are created again."]
    assert await creates(door, shop)


async def test_what_the_ledger_has_forgotten_bars_creating_until_it_is_mended_or_accepted(
    door: LexofficeDoor, shop: Shop
) -> None:
    made = await shop.hook(
        "POST", "credit-notes", {"customer": "Partner ANNA", "net": "5.00", "remark": "[PO-2026-0007/k7Q2mX9a]"}
    )
    report = await examine(shop, recovery=WORD)
    assert [one["check"] for one in report["differences"]] == ["credit_note_without_payout"]
    assert not await creates(door, shop)
    await examine(shop, recovery=WORD, accept="checked with the tenant")
    assert await creates(door, shop)
    await examine(shop, recovery=WORD)
    assert not await creates(door, shop), "the newest check counts"
    await shop.click(made["id"], "void")
    await examine(shop, recovery=WORD)
    assert await creates(door, shop)


async def test_numbers_that_lexoffice_or_the_engine_have_seen_are_not_given_again(
    shop: Shop, database: Database
) -> None:
    payout = await shop.payout()
    voided = await shop.hook(
        "POST", "credit-notes", {"customer": "Partner ANNA", "net": "5.00", "remark": "[PO-2026-0041/k7Q2mX9a]"}
    )
    await shop.click(voided["id"], "void")
    await shop.payout_workflow(payout["number"]).signal("recheck")
    report = await examine(shop, recovery=WORD)
    assert report["differences"] == []
    assert "Payout numbers of 2026 go on after 41: so far they are in use." in report["notes"]
    await shop.approved_sale()
    asked = await shop.api("POST", "/payouts", {"partner": "BERND"})
    assert asked["number"] == "PO-2026-0042"


async def test_a_workflow_whose_payout_the_restored_ledger_does_not_know_bars_creating(
    door: LexofficeDoor, shop: Shop, database: Database
) -> None:
    payout = await shop.payout()
    await plant(
        database,
        "UPDATE payouts SET number = 'PO-2026-0500', state = 'rejected' WHERE tenant_id = $1 AND number = $2",
        shop.tenant.id,
        payout["number"],
    )
    report = await examine(shop, recovery=WORD)
    assert "workflow_without_payout" in {one["check"] for one in report["differences"]}
    assert not await creates(door, shop)
