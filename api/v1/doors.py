"""What all doors of the JSON API have: how an error looks, and that nothing which they do not know is dropped."""

import json
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import ParamTypes
from fastapi.routing import APIRoute

from api.http.etags import with_etag
from api.v1.answers import PROBLEMS
from api.v1.callers import Anyone


class Door(APIRoute):
    """An operation under /api/v1."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What one object is known by stands with it: an ETag, and 304 for whoever has it already."""
        handle = super().get_route_handler()
        if "GET" not in (self.methods or ()) or not self.shows_one:
            return handle

        async def tagged(request: Request) -> Response:
            answer = await handle(request)
            return with_etag(answer, request.headers.get("if-none-match")) if answer.status_code == 200 else answer

        return tagged

    @property
    def shows_one(self) -> bool:
        """Whether an answer is one object, shown whole; a secret that is shown is none that is to be kept."""
        return self.response_model is not None and "cursor" not in self.filters and self.name != "get_secret"

    @cached_property
    def filters(self) -> frozenset[str]:
        """The names of all parameters that may stand after the `?`."""
        return frozenset(
            param.alias
            for param in get_flat_params(self.dependant)
            if getattr(param.field_info, "in_", ParamTypes.query)
            is ParamTypes.query  # a model's fields need not say so
        )


def door_router(path: str, group: str) -> APIRouter:
    """A router for doors under this path, told at /docs in this group."""
    return APIRouter(
        prefix=path,
        tags=[group],
        responses=PROBLEMS,
        dependencies=[Depends(_refuse_unknown_parameters)],
        route_class=Door,
    )


async def _refuse_unknown_parameters(request: Request, _: Anyone) -> None:
    """A misspelt filter would show everything, and a content that a door does not read would be thought to count.

    Members of a body that is read are the models' business (ledger.types.Submitted). Raises RequestValidationError.
    """
    door: Door = request.scope["route"]
    strange: list[tuple[str, ...]] = [("query", name) for name in request.query_params if name not in door.filters]
    if door.body_field is None:
        strange += [("body", *name) for name in _members(await request.body())]
    if strange:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": place} for place in strange])


def _members(body: bytes) -> list[tuple[str, ...]]:
    """What stands in a body that nobody reads; many clients send `{}` or `null` for none."""
    if not body.strip():
        return []
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return [()]
    if isinstance(said, dict):
        return [(name,) for name in said]
    return [] if said is None else [()]
