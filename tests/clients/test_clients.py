"""The clients are those of this API, and work: typed calls by Python, and every request of the Postman collection."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from partnerdesk_client import AuthenticatedClient
from partnerdesk_client.api.campaigns import add_plan, create_campaign
from partnerdesk_client.api.partners import create_partner, get_partner, list_partners
from partnerdesk_client.api.sales_and_commissions import create_transaction
from partnerdesk_client.models import (
    NewCampaign,
    NewPartner,
    NewPlan,
    NewSale,
    Partner,
    PartnerInFull,
    PayoutEvent,
    ProblemBody,
    SaleRecorded,
)

from tests.clients import postman
from tests.clients.document import for_callers, hash_of
from tests.clients.write import MADE_FROM, POSTMAN, written
from tests.fixtures.door import Door

AGAIN = "run script/clients"


def test_the_clients_are_made_from_this_document() -> None:
    assert MADE_FROM.read_text().strip() == hash_of(for_callers()), AGAIN
    assert POSTMAN.read_text(encoding="utf-8") == written(postman.collection(for_callers())), AGAIN


@pytest.fixture
async def program(door: Door) -> AsyncIterator[AuthenticatedClient]:
    made = AuthenticatedClient(base_url="http://127.0.0.1", token=door.key, prefix="", auth_header_name="X-API-Key")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=door.app), base_url="http://127.0.0.1", headers={"X-API-Key": door.key}
    ) as http:
        yield made.set_async_httpx_client(http)


async def test_a_program_makes_a_partner_and_a_sale_and_reads_what_came_of_it(program: AuthenticatedClient) -> None:
    anna = NewPartner(code="ANNA", name="Anna Beispiel")
    made = await create_partner.asyncio(client=program, body=anna, idempotency_key="anna-1")
    assert isinstance(made, Partner)
    again = await create_partner.asyncio_detailed(client=program, body=anna, idempotency_key="anna-1")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    await create_campaign.asyncio(client=program, body=NewCampaign(slug="sommer", name="Sommer"))
    plan = NewPlan.from_dict({"levels": [{"level": 1, "percent": "10"}]})
    await add_plan.asyncio("sommer", client=program, body=plan)
    sale = NewSale.from_dict(
        {
            "external_id": "bestellung-4711",
            "gross_cents": 11_900,
            "tax_cents": 1_900,
            "sold_at": "2026-10-05T10:00:00Z",
            "partner_code": "ANNA",
        }
    )
    recorded = await create_transaction.asyncio(client=program, body=sale)
    assert isinstance(recorded, SaleRecorded)
    assert recorded.transaction.base_cents == 10_000
    answer = await get_partner.asyncio_detailed("ANNA", client=program)
    assert isinstance(answer.parsed, PartnerInFull)
    assert "ETag" in answer.headers
    listed = await list_partners.asyncio(client=program, limit=10)
    assert [one.code for one in listed.items] == ["ANNA"]  # type: ignore[union-attr]


async def test_a_refusal_is_typed_as_well(program: AuthenticatedClient) -> None:
    missing = await get_partner.asyncio("NOBODY", client=program)
    assert isinstance(missing, ProblemBody)
    assert (missing.status, missing.code) == (404, "not_found")


def test_an_event_out_has_a_model() -> None:
    operation = for_callers()["webhooks"]["payout.paid"]["post"]
    told = PayoutEvent.from_dict(operation["requestBody"]["content"]["application/json"]["example"])
    assert (told.type_, told.data.id) == ("payout.paid", "PO-2026-0042")


def requests_of(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "item" in item:
            yield from requests_of(item["item"])
        else:
            assert {"name", "request"} <= item.keys()
            yield item["request"]


def test_the_postman_collection_has_each_operation_once_and_its_own_form() -> None:
    collection = json.loads(POSTMAN.read_text(encoding="utf-8"))
    assert collection["info"]["schema"] == postman.SCHEMA
    assert {one["key"] for one in collection["variable"]} == {"baseUrl", "apiKey"}
    asked = [(one["method"], one["url"]["raw"]) for one in requests_of(collection["item"])]
    operations = sum(method in postman.METHODS for methods in for_callers()["paths"].values() for method in methods)
    assert len(asked) == len(set(asked)) == operations
    for one in requests_of(collection["item"]):
        assert one["url"]["raw"] == "{{baseUrl}}/" + "/".join(one["url"]["path"])
        named = {step[1:] for step in one["url"]["path"] if step.startswith(":")}
        assert named == {place["key"] for place in one["url"]["variable"]}


async def test_each_request_of_the_postman_collection_is_one_that_the_api_knows(connected: Door) -> None:
    """Of objects that are not there: refused for that, and never because the request is not understood."""
    keys = [connected.key, connected.approver, await connected.new_key("statements")]
    odd: list[object] = []
    for one in requests_of(json.loads(POSTMAN.read_text(encoding="utf-8"))["item"]):
        values = {place["key"]: place["value"] for place in one["url"]["variable"]}
        steps = [values[step[1:]] if step.startswith(":") else step for step in one["url"]["path"]]
        query = {asked["key"]: asked["value"] for asked in one["url"]["query"] if not asked["disabled"]}
        headers = {head["key"]: head["value"] for head in one["header"] if not head.get("disabled")}
        for key in keys:
            answer = await connected.http.request(
                one["method"],
                "/" + "/".join(steps),
                params=query,
                headers=headers | {"X-API-Key": key},
                content=one.get("body", {}).get("raw"),
            )
            if answer.status_code != 403:
                break
        said = answer.json() if answer.status_code >= 400 else {}
        if answer.status_code in (400, 405) or answer.status_code >= 500 or said.get("code") == "invalid_request":
            odd.append((one["method"], one["url"]["raw"], answer.status_code, said.get("code"), said.get("fields")))
        elif said.get("reason") == "status_404":
            odd.append((one["method"], one["url"]["raw"], "no such door", None, None))
    assert odd == []
