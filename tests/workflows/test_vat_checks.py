"""A VAT id is looked up at VIES: at once, however long VIES is away, and never taken for a no by a failure."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.models import VatCheckInput
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.vies_server import ViesServer
from tests.conftest import Database
from tests.fixtures.house import Shop, until
from tests.fixtures.products import OwnProduct, own_product
from workflows.messages import PAYOUTS, vat_check_workflow_id


@dataclass(frozen=True)
class Asking:
    """A product that asks a VIES of its own."""

    product: OwnProduct
    hooks: httpx.AsyncClient


@pytest.fixture(scope="module")
async def asking(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path
) -> AsyncIterator[Asking]:
    vies = ViesServer(stack_state / "asking-vies", free_port())
    address = await vies.start()
    async with (
        httpx.AsyncClient(base_url=address, trust_env=False) as hooks,
        own_product(
            postgres, stack_state / "asking", vies_base_url=address, vies_pace=10, handover_after_seconds=0.0
        ) as product,
    ):
        yield Asking(product, hooks)
    await vies.stop()


@pytest.fixture
async def asking_shop(asking: Asking) -> AsyncIterator[Shop]:
    yield await asking.product.shop()
    await asking.hooks.delete("/sandbox/faults")


async def partner(shop: Shop, vat_id: str) -> dict[str, Any]:
    """ANNA in Vienna with this number, and how it stands."""
    address = {"street": "Ring 1", "zip": "1010", "city": "Wien", "country_code": "AT"}
    await shop.api("POST", "/partners", {"code": "ANNA", "name": "Muster AG", **address})
    await shop.api(
        "POST",
        "/partners/ANNA/tax-statuses",
        {"status": "eu_business", "valid_from": "2026-01-01", "vat_id": vat_id},
    )
    return await proof(shop)


async def proof(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = await shop.api("GET", "/partners/ANNA/vat-checks")
    return found


async def hand_over(shop: Shop) -> None:
    await shop.house.engine.execute_workflow("HandoverWorkflow", id=f"handover-{shop.tenant.slug}", task_queue=PAYOUTS)


async def test_a_recorded_number_is_asked_about_with_the_tenants_own_one(asking: Asking, asking_shop: Shop) -> None:
    await asking.hooks.post("/sandbox/traders", json={"vat_id": "ATU13585627", "name": "Muster AG", "address": "Ring"})
    recorded = await partner(asking_shop, "atu 13585627")
    assert (recorded["vat_id"], recorded["standing"]) == ("ATU13585627", "missing")
    await hand_over(asking_shop)
    proven = await until(lambda: proof(asking_shop), lambda seen: seen["standing"] == "proven", "a proof")
    [check] = proven["checks"]
    assert check["request_id"].startswith("WAPI")
    assert (check["requester"], check["told"]["name"]) == ("DE123456788", "Muster AG")
    assert check["told"]["trader_name_match"] == "VALID"
    [*_, last] = (await asking.hooks.get("/sandbox/asked")).json()
    assert last["asked"]["requesterNumber"] == "123456788"
    assert last["asked"]["traderCity"] == "Wien"


@pytest.mark.parametrize("kind", ["MS_UNAVAILABLE", "GLOBAL_MAX_CONCURRENT_REQ", "html_502"])
async def test_while_vies_is_away_it_waits_and_a_person_who_asks_again_ends_the_wait(
    asking: Asking, asking_shop: Shop, kind: str
) -> None:
    await asking.hooks.post("/sandbox/faults", json={"kind": kind, "country": "FR"})
    await partner(asking_shop, "FR40303265045")
    asked = await asking_shop.api("POST", "/partners/ANNA/vat-checks")
    away = await until(lambda: proof(asking_shop), lambda seen: seen["checks"][0]["tries"] == 1, "a try")
    assert (away["standing"], away["checks"][0]["answer"]) == ("missing", None)
    assert await tasks_of(asking_shop) == []
    await asking.hooks.delete("/sandbox/faults")
    again = await asking_shop.api("POST", "/partners/ANNA/vat-checks")
    assert again["id"] == asked["id"]
    found = await until(lambda: proof(asking_shop), lambda seen: seen["standing"] == "proven", "a proof")
    assert found["checks"][0]["tries"] == 2


async def test_a_no_is_a_task_and_ends_the_question(asking: Asking, asking_shop: Shop) -> None:
    await asking.hooks.post("/sandbox/traders", json={"vat_id": "BE0697449992", "valid": False})
    await partner(asking_shop, "BE697449992")
    asked = await asking_shop.api("POST", "/partners/ANNA/vat-checks")
    await until(lambda: proof(asking_shop), lambda seen: seen["standing"] == "invalid", "a no")
    assert await tasks_of(asking_shop) == ["vat_id_unproven"]
    handle = asking_shop.house.engine.get_workflow_handle(
        vat_check_workflow_id(VatCheckInput(tenant=asking_shop.tenant, check=asked["id"]))
    )
    assert await handle.result() == "ended"
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED


async def test_a_question_that_is_not_taken_is_a_task_and_no_answer(asking: Asking, asking_shop: Shop) -> None:
    await asking.hooks.post("/sandbox/faults", json={"kind": "INVALID_REQUESTER_INFO", "country": "EL"})
    await partner(asking_shop, "GR094259216")
    await asking_shop.api("POST", "/partners/ANNA/vat-checks")
    refused = await until(lambda: proof(asking_shop), lambda seen: seen["checks"][0]["answer"], "a refusal")
    assert (refused["standing"], refused["checks"][0]["answer"]) == ("missing", "refused")
    assert await tasks_of(asking_shop) == ["vat_id_unproven"]


async def test_the_daily_look_has_numbers_asked_about_that_nobody_asked_about(
    asking: Asking, asking_shop: Shop
) -> None:
    await partner(asking_shop, "ATU13585627")
    await asking_shop.rows("UPDATE vat_checks SET answer = 'unanswered', answered_at = now() - interval '40 days'")
    await asking_shop.house.engine.execute_workflow(
        "VatProofsWorkflow", id=f"vat-proofs-{asking_shop.tenant.slug}", task_queue=PAYOUTS
    )
    await hand_over(asking_shop)
    await until(lambda: proof(asking_shop), lambda seen: seen["standing"] == "proven", "a proof")


async def tasks_of(shop: Shop) -> list[str]:
    found = await shop.api("GET", "/tasks?state=open")
    return [task["kind"] for task in found["items"]]
