"""The doors: the API as the real one has it, hooks as JSON for tests, and a page for people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .register import BY_NUMBER, ERRORS, FAULTS, STATES, Fault, Register, Trader, error

HANGS_SECONDS = 120
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Doors:
    def __init__(self, register: Register) -> None:
        self._register = register
        templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._page = templates.get_template("page.html")

    def routes(self) -> list[Route]:
        return [
            Route("/check-vat-number", self.check, methods=["POST"]),
            Route("/check-vat-test-service", self.check_test, methods=["POST"]),
            Route("/check-status", self.status),
            Route("/sandbox/traders", self.set_trader, methods=["POST"]),
            Route("/sandbox/faults", self.add_fault, methods=["POST"]),
            Route("/sandbox/faults", self.clear_faults, methods=["DELETE"]),
            Route("/sandbox/asked", self.asked),
            Route("/", self.page),
            Route("/", self.clicked, methods=["POST"]),
        ]

    async def check(self, request: Request) -> Response:
        asked = await _object(request)
        kind = self._register.strike(str(asked.get("countryCode", "")))
        if kind is None:
            status, body = self._register.answer(asked)
            self._keep(asked, body)
            return JSONResponse(body, status)
        self._keep(asked, {"fault": kind})
        return await _failed(kind)

    async def check_test(self, request: Request) -> Response:
        asked = await _object(request)
        number = str(asked.get("vatNumber", ""))
        code = BY_NUMBER.get(number, "SERVICE_UNAVAILABLE")
        if code is not None:
            status, body = error(code)
            return JSONResponse(body, status)
        valid = number == "100"
        return JSONResponse({"countryCode": asked.get("countryCode"), "vatNumber": number, "valid": valid})

    async def status(self, _: Request) -> Response:
        away = {fault.country for fault in self._register.faults if fault.kind in ("MS_UNAVAILABLE", "TIMEOUT")}
        return JSONResponse(
            {
                "vow": {"available": not any(f.kind == "SERVICE_UNAVAILABLE" for f in self._register.faults)},
                "countries": [
                    {"countryCode": state, "availability": "Unavailable" if away & {"", state} else "Available"}
                    for state in sorted(STATES)
                ],
            }
        )

    async def set_trader(self, request: Request) -> Response:
        trader = Trader(**await _object(request))
        self._register.traders[trader.vat_id] = trader
        return Response(status_code=204)

    async def add_fault(self, request: Request) -> Response:
        fault = Fault(**await _object(request))
        if fault.kind not in FAULTS:
            return JSONResponse({"error": f"kind is one of {', '.join(FAULTS)}"}, 422)
        self._register.faults.append(fault)
        return Response(status_code=204)

    async def clear_faults(self, _: Request) -> Response:
        self._register.faults.clear()
        return Response(status_code=204)

    async def asked(self, _: Request) -> Response:
        return JSONResponse(list(self._register.asked))

    async def page(self, _: Request) -> Response:
        shown = self._page.render(register=self._register, faults=FAULTS, asked=list(reversed(self._register.asked)))
        return HTMLResponse(shown, headers=_HEADERS)

    async def clicked(self, request: Request) -> Response:
        if (origin := request.headers.get("origin")) and urlsplit(origin).netloc != request.url.netloc:
            return JSONResponse({"error": "no other origin"}, 403)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        match form.get("do"):
            case "fault" if form.get("kind") in FAULTS:
                times = form.get("times", "")
                self._register.faults.append(
                    Fault(form["kind"], form.get("country", "").upper(), int(times) if times.isdecimal() else None)
                )
            case "clear":
                self._register.faults.clear()
            case "trader" if form.get("vat_id"):
                vat_id = form["vat_id"].replace(" ", "").upper()
                self._register.traders[vat_id] = Trader(
                    vat_id, form.get("valid") == "ja", form.get("name") or "---", form.get("address") or "---"
                )
        return RedirectResponse("/", 303)

    def _keep(self, asked: dict[str, Any], answered: dict[str, Any]) -> None:
        self._register.asked.append({"asked": asked, "answered": answered})


def application() -> Starlette:
    return Starlette(routes=Doors(Register()).routes())


async def _failed(kind: str) -> Response:
    if kind in ERRORS:
        status, body = error(kind)
        return JSONResponse(body, status)
    if kind == "hang":
        await asyncio.sleep(HANGS_SECONDS)
    if kind == "reset":
        return Response(b"{", headers={"Content-Length": "500"})  # the server closes: less came than was promised
    if kind == "html_502":
        return HTMLResponse("<html><body>502 Bad Gateway</body></html>", 502)
    return Response(b"\xff\xfe no JSON", media_type="application/json")


async def _object(request: Request) -> dict[str, Any]:
    try:
        told = await request.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
