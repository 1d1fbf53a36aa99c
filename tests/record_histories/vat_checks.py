"""Scenes of VIES: a question that is answered, one that waits, one that somebody asks again, and the daily look."""

import httpx

from activities.models import VatCheckInput
from tests.fixtures.desk import handed_over
from tests.fixtures.house import Shop, until
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import Handle, rests
from workflows.messages import vat_check_workflow_id


async def vat_checks(to: Recorder) -> None:
    house = to.product.house
    answered = await _asked(to, await to.shop())
    assert await answered.result() == "ended"
    await to.keep("vat_check-ended", answered)
    assert house.settings.vies_base_url is not None
    async with httpx.AsyncClient(base_url=house.settings.vies_base_url, trust_env=False) as vies:
        await vies.post("/sandbox/faults", json={"kind": "MS_UNAVAILABLE"})
        shop = await to.shop()
        waiting = await _asked(to, shop)
        await until(lambda: rests(waiting), bool, "the wait for another try")
        await to.keep("vat_check-away", waiting)
        await vies.delete("/sandbox/faults")
    await shop.api("POST", "/partners/ANNA/vat-checks")
    assert await waiting.result() == "ended"
    await to.keep("vat_check-asked_again", waiting)
    daily: Handle = await house.engine.start_workflow(
        "VatProofsWorkflow", id="vat-proofs-recorded", task_queue="payouts"
    )
    await daily.result()
    await to.keep("vat_proofs", daily)


async def _asked(to: Recorder, shop: Shop) -> Handle:
    """The question that the tax status of ANNA brings with it, handed over."""
    await handed_over(to.product.house)
    [check] = await shop.rows("SELECT id FROM vat_checks")
    return to.product.house.engine.get_workflow_handle(
        vat_check_workflow_id(VatCheckInput(tenant=shop.tenant, check=check["id"]))
    )
