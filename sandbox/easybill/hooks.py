"""Hooks for tests and the demo: JSON in and out, on loopback only, no password."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import accounts, customers, delivery, documents, faults
from .accounts import Account, Settings
from .call import Desk
from .clicks import click
from .delivery import Courier
from .errors import Refused, not_found
from .store import Store

Hook = Callable[[Request], Awaitable[Response]]


class Hooks:
    def __init__(self, store: Store, courier: Courier) -> None:
        self._store = store
        self._courier = courier

    def routes(self) -> list[Route]:
        at = "/sandbox/accounts/{account:int}"
        return [
            Route("/sandbox/accounts", _json(self.create), methods=["POST"]),
            Route(at, _json(self.change), methods=["PATCH"]),
            Route(f"{at}/customers", _json(self.add_customer), methods=["POST"]),
            Route(f"{at}/documents", _json(self.write), methods=["POST"]),
            Route(f"{at}/documents", _json(self.documents), methods=["GET"]),
            Route(f"{at}/documents/{{document:int}}/{{click}}", _json(self.click), methods=["POST"]),
            Route(f"{at}/payments", _json(self.payments), methods=["GET"]),
            Route(f"{at}/deliveries", _json(self.deliveries), methods=["GET"]),
            Route(f"{at}/calls", _json(self.calls), methods=["GET"]),
            Route(f"{at}/faults", _json(self.add_fault), methods=["POST"]),
            Route(f"{at}/faults", _json(self.clear_faults), methods=["DELETE"]),
            Route(f"{at}/faults", _json(self.faults), methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        told = await _object(request)
        key = told.pop("api_key", None)
        account = accounts.create(self._store, Settings(**told), key)
        return JSONResponse({"account": account.id, "api_key": account.key, "login_id": account.login_id}, 201)

    async def change(self, request: Request) -> Response:
        desk = self._desk(request)
        held = {name: getattr(desk.account, name) for name in Settings.model_fields}
        changed = Settings(**held | await _object(request))
        accounts.save(self._store, Account(**desk.account.model_dump() | changed.model_dump()))
        return Response(status_code=204)

    async def add_customer(self, request: Request) -> Response:
        return JSONResponse(customers.create(self._desk(request), await _object(request)), 201)

    async def write(self, request: Request) -> Response:
        """A document as a person writes it: done at once, unless `"draft": true`."""
        desk, told = self._desk(request), await _object(request)
        draft = told.pop("draft", False)
        document = documents.create(desk, told)
        return JSONResponse(document if draft else documents.finish(desk, document), 201)

    async def documents(self, request: Request) -> Response:
        return JSONResponse(self._store.all(self._desk(request).account.id, "documents"))

    async def payments(self, request: Request) -> Response:
        return JSONResponse(self._store.all(self._desk(request).account.id, "payments"))

    async def click(self, request: Request) -> Response:
        desk = self._desk(request)
        document = desk.get("documents", request.path_params["document"])
        return JSONResponse(click(desk, document, request.path_params["click"], await _object(request)))

    async def deliveries(self, request: Request) -> Response:
        """The newest 200, or `?most=`."""
        most = int(request.query_params.get("most", delivery.SHOWN))
        return JSONResponse(delivery.log(self._store, self._desk(request).account.id, most))

    async def calls(self, request: Request) -> Response:
        rows = self._store.rows("SELECT * FROM calls WHERE account = ? ORDER BY id", self._desk(request).account.id)
        return JSONResponse([dict(row) for row in rows])

    async def add_fault(self, request: Request) -> Response:
        fault = faults.Fault(**await _object(request))
        return JSONResponse({"id": faults.add(self._store, self._desk(request).account.id, fault)}, 201)

    async def faults(self, request: Request) -> Response:
        return JSONResponse(faults.of(self._store, self._desk(request).account.id))

    async def clear_faults(self, request: Request) -> Response:
        faults.clear(self._store, self._desk(request).account.id)
        return Response(status_code=204)

    def _desk(self, request: Request) -> Desk:
        account = accounts.by_id(self._store, request.path_params["account"])
        if account is None:
            raise not_found()
        return Desk(self._store, self._courier, account)


def _json(hook: Hook) -> Hook:
    """Refusals of the form and of the account as JSON."""

    async def answered(request: Request) -> Response:
        try:
            return await hook(request)
        except Refused as refused:
            return Response(refused.answer().body, refused.status, media_type="application/json")
        except (ValidationError, TypeError, re.error) as error:
            return JSONResponse({"error": str(error)}, 400)

    return answered


async def _object(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        told = json.loads(body) if body else {}
    except ValueError:
        raise Refused(400, "no JSON") from None
    if not isinstance(told, dict):
        raise Refused(400, "no object")
    return told
