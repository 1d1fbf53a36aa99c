"""Nothing that the JSON API does not know is dropped: it is refused, by its name."""

from collections.abc import Iterator
from inspect import isclass
from itertools import chain
from typing import Any, get_args
from uuid import uuid4

import pytest
from pydantic import BaseModel

from api.v1.doors import Door as Operation
from api.v1.routes import ROUTERS
from tests.api.v1.test_json_api import PARTNER
from tests.fixtures.door import Door
from tests.fixtures.premises import address, nowhere

OPERATIONS = [route for route in chain(*(router.routes for router in ROUTERS)) if isinstance(route, Operation)]


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """The model and all that its members are made of."""
    if isclass(kind) and issubclass(kind, BaseModel):
        yield kind
        for member in kind.model_fields.values():
            yield from models_in(member.annotation)
    for part in get_args(kind):
        yield from models_in(part)


def request_models() -> set[type[BaseModel]]:
    bodies = [route.body_field.field_info.annotation for route in OPERATIONS if route.body_field is not None]
    return set(chain(*(models_in(body) for body in bodies)))


def test_every_request_model_and_every_part_of_one_forbids_what_it_does_not_know() -> None:
    assert len(OPERATIONS) == sum(len(router.routes) for router in ROUTERS)  # no door is of another kind
    models = request_models()
    assert len(models) > 25
    assert {model.__name__ for model in models if model.model_config.get("extra") != "forbid"} == set()


class _Nowhere(dict[str, str]):
    """Ids of nothing, of whatever a path names."""

    def __missing__(self, _name: str) -> str:
        return str(uuid4())


async def refused(door: Door, operation: Operation, *, query: str = "", body: Any = None) -> list[str]:
    """The fields that the answer names as unknown. A key may lack one scope, another has it."""
    (method,) = list(operation.methods or ())
    path = address(operation.path, _Nowhere(nowhere())).removeprefix("/api/v1/") + query
    for key in (door.key, door.approver, await door.new_key("statements")):
        answer = await door.api(method, path, body, **{"X-API-Key": key})
        if answer.status_code != 403:
            break
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (method, path, answer.text)
    return [fault["field"] for fault in answer.json()["fields"] if fault["problem"] == "extra_forbidden"]


async def test_no_door_drops_a_member_of_a_body_that_it_does_not_know(door: Door) -> None:
    for operation in OPERATIONS:
        if operation.methods != {"GET"}:
            assert await refused(door, operation, body={"nonsense": 1}) == ["body.nonsense"], operation.path


async def test_no_door_drops_a_filter_that_it_does_not_know(door: Door) -> None:
    for operation in OPERATIONS:
        assert await refused(door, operation, query="?nonsense=1") == ["query.nonsense"], operation.path


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("partners", PARTNER | {"code": "BERTA", "sponser_code": "ANNA"}, "body.sponser_code"),
        (
            "campaigns/sommer/plans",
            {"levels": [{"level": 1, "percent": "9", "fixed_cent": 5}]},
            "body.levels.0.fixed_cent",
        ),
        (
            "campaigns/sommer/plans",
            {"levels": [{"level": 1, "percent": "9", "tiers": [{"from_cents": 5, "percent": "10", "cap": 1}]}]},
            "body.levels.0.tiers.0.cap",
        ),
        ("customers", {"external_id": "cus_1", "partner": "ANNA"}, "body.partner"),
    ],
)
async def test_a_misspelt_member_is_named_and_nothing_is_made(
    door: Door, path: str, body: dict[str, Any], field: str
) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    answer = await door.api("POST", path, body)
    assert (answer.status_code, answer.json()["fields"]) == (422, [{"field": field, "problem": "extra_forbidden"}])
    assert (
        await door.rows("SELECT 1 FROM partners UNION ALL SELECT 1 FROM plans UNION ALL SELECT 1 FROM customers") == []
    )


@pytest.mark.parametrize("none", [b"", b"{}", b"null", b" \n"])
async def test_a_door_without_a_content_takes_what_clients_send_for_none(door: Door, none: bytes) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    answer = await door.http.post("/api/v1/campaigns/sommer/default", content=none, headers={"X-API-Key": door.key})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("strange", [b"[1]", b"7", b"a=b", b"\xff"])
async def test_a_door_without_a_content_refuses_one_that_is_no_object(door: Door, strange: bytes) -> None:
    answer = await door.http.post("/api/v1/campaigns/sommer/default", content=strange, headers={"X-API-Key": door.key})
    assert (answer.status_code, answer.json()["fields"]) == (422, [{"field": "body", "problem": "extra_forbidden"}])
