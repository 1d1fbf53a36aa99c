"""A caller who was written by the OpenAPI document of a release goes on working: what would break it fails here."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.clients.compatibility import breaking
from tests.clients.document import for_callers, shape
from tests.clients.write import RELEASES

Document = dict[str, Any]
_PARTNERS = "/api/v1/partners"


@cache
def now() -> Document:
    return shape(for_callers())


@pytest.mark.parametrize("release", sorted(file.stem for file in RELEASES.glob("*.json")))
def test_nothing_breaks_a_caller_of_a_release(release: str) -> None:
    kept = json.loads((RELEASES / f"{release}.json").read_text(encoding="utf-8"))
    assert breaking(kept, now()) == [], "see docs/api.md, What may change"


def schema(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def _path_gone(new: Document) -> None:
    del new["paths"]["/api/v1/me"]


def _method_gone(new: Document) -> None:
    del new["paths"][_PARTNERS]["post"]


def _parameter_gone(new: Document) -> None:
    asked = new["paths"][_PARTNERS]["get"]["parameters"]
    asked[:] = [one for one in asked if one["name"] != "sponsor"]


def _parameter_required(new: Document) -> None:
    next(one for one in new["paths"][_PARTNERS]["get"]["parameters"] if one["name"] == "sponsor")["required"] = True


def _new_required_member(new: Document) -> None:
    partner = schema(new, "NewPartner")
    partner["properties"]["shoe_size"] = {"type": "integer"}
    partner["required"].append("shoe_size")


def _request_member_gone(new: Document) -> None:
    del schema(new, "NewPartner")["properties"]["email"]


def _request_enum_narrower(new: Document) -> None:
    schema(new, "NewPartner")["properties"]["status"]["enum"].remove("inactive")


def _request_type_changed(new: Document) -> None:
    schema(new, "NewSale")["properties"]["gross_cents"] = {"type": "string"}


def _request_shorter(new: Document) -> None:
    schema(new, "NewPartner")["properties"]["name"]["maxLength"] = 3


def _answer_member_gone(new: Document) -> None:
    me = schema(new, "Me")
    del me["properties"]["scopes"]
    me["required"].remove("scopes")


def _answer_type_changed(new: Document) -> None:
    schema(new, "Balance")["properties"]["approved_cents"] = {"type": "string"}


def _answer_may_be_null(new: Document) -> None:
    schema(new, "Me")["properties"]["tenant"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _status_changed(new: Document) -> None:
    answers = new["paths"][_PARTNERS]["post"]["responses"]
    answers["200"] = answers.pop("201")


def _event_gone(new: Document) -> None:
    del new["webhooks"]["payout.paid"]


def _event_member_gone(new: Document) -> None:
    del schema(new, "ToldPayout")["properties"]["paid_on"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_path_gone, "GET /api/v1/me: is gone"),
        (_method_gone, "POST /api/v1/partners: is gone"),
        (_parameter_gone, "GET /api/v1/partners query.sponsor: is not taken any more"),
        (_parameter_required, "GET /api/v1/partners query.sponsor: is required now"),
        (_new_required_member, "POST /api/v1/partners body.shoe_size: is required now"),
        (_request_member_gone, "POST /api/v1/partners body.email: is gone"),
        (_request_enum_narrower, "does not take inactive any more"),
        (_request_type_changed, "POST /api/v1/transactions body.gross_cents"),
        (_request_shorter, "POST /api/v1/partners body.name: maxLength is smaller"),
        (_answer_member_gone, "GET /api/v1/me 200.scopes: is gone"),
        (_answer_type_changed, "approved_cents: string against integer"),
        (_answer_may_be_null, "GET /api/v1/me 200.tenant: null against string"),
        (_status_changed, "POST /api/v1/partners 201: is not answered any more"),
        (_event_gone, "webhook payout.paid: is gone"),
        (_event_member_gone, "webhook payout.paid.data.paid_on: is gone"),
    ],
)
def test_each_way_to_break_a_caller_is_named(change: Callable[[Document], None], said: str) -> None:
    new = copy.deepcopy(now())
    change(new)
    assert said in " | ".join(breaking(now(), new))


def _new_path(new: Document) -> None:
    new["paths"]["/api/v1/new"] = new["paths"]["/api/v1/me"]


def _new_member(new: Document) -> None:
    schema(new, "NewPartner")["properties"]["shoe_size"] = {"type": "integer"}
    schema(new, "Me")["properties"]["more"] = {"type": "integer"}


def _wider_request(new: Document) -> None:
    schema(new, "NewPartner")["properties"]["name"]["maxLength"] = 100_000
    schema(new, "NewPartner")["properties"]["status"]["enum"].append("asleep")


@pytest.mark.parametrize("change", [_new_path, _new_member, _wider_request])
def test_what_is_added_breaks_nobody(change: Callable[[Document], None]) -> None:
    new = copy.deepcopy(now())
    change(new)
    assert breaking(now(), new) == []
