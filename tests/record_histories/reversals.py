"""Scenes of what takes a document of our own back."""

from typing import Any
from uuid import UUID

from activities.models import OwnDocumentInput
from tests.fixtures.house import Shop, until
from tests.fixtures.storno_desk import (
    choose_category,
    hand_over,
    reverse,
    storno_handed_out,
    with_own_document,
)
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import Handle
from workflows.messages import own_document_workflow_id


def handle_of(shop: Shop, asked: dict[str, Any]) -> Handle:
    about = OwnDocumentInput(tenant=shop.tenant, reversal=UUID(asked["id"]))
    return shop.house.engine.get_workflow_handle(own_document_workflow_id(about))


async def reversals(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_own_document(shop)
    asked = await reverse(shop, payout["number"])
    [task] = await until(lambda: shop.tasks("own_reversal_blocked"), bool, "the question")
    await to.keep("reversal-blocked", handle_of(shop, asked))
    await choose_category(shop)
    await shop.api("POST", f"/tasks/{task['id']}/resolve", {"action": "retry"})
    await storno_handed_out(shop, asked)
    await to.keep("reversal-handed_out", handle_of(shop, asked))
    await hand_over(shop, asked)
    await handle_of(shop, asked).result()
    await to.keep("reversal-effective", handle_of(shop, asked))


async def reversal_withdrawn(to: Recorder) -> None:
    shop = await to.shop()
    asked = await reverse(shop, (await with_own_document(shop))["number"])
    await until(lambda: shop.tasks("own_reversal_blocked"), bool, "the question")
    await shop.api("POST", f"/reversals/{asked['id']}/withdraw", {"reason": "Doch richtig"}, key="approve")
    await handle_of(shop, asked).result()
    await to.keep("reversal-withdrawn", handle_of(shop, asked))


async def reversal_searched_for(to: Recorder) -> None:
    """Its answer is lost and found."""
    shop = await to.shop()
    await choose_category(shop)
    payout = await with_own_document(shop)
    await shop.hook("POST", "faults", {"kind": "timeout_504_after", "method": "POST", "path": "vouchers$", "times": 1})
    asked = await reverse(shop, payout["number"])
    await storno_handed_out(shop, asked)
    await to.keep("reversal-searched_for", handle_of(shop, asked))
