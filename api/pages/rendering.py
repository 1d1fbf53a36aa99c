"""Templates, and what a page looks like when something is refused."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException

from api.logs import where
from api.problems import DATABASE_AWAY, NOT_STORABLE, Problem, database_away, of_http, of_refusal
from ledger.refusals import Refused
from ledger.throttling import TooManyAttempts
from ledger.types import BERLIN

log = structlog.get_logger("pages")

HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["moment"] = lambda at: "–" if at is None else at.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
_TEMPLATES.filters["day"] = lambda at: "–" if at is None else at.astimezone(BERLIN).strftime("%d.%m.%Y")
_NOBODY: dict[str, Any] = {"person": None, "csrf": "", "message": None}


class GoTo(Exception):
    """Answer with this address instead: a login, a second factor, a choice that must come first."""

    def __init__(self, address: str) -> None:
        super().__init__("go elsewhere")
        self.address = address


def rendered(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(_NOBODY | context), status_code=status)


def refusal(problem: Problem, *, request_id: str) -> HTMLResponse:
    """An error as a page. The same for what is not there and what belongs to somebody else."""
    answer = rendered(
        "refused.html",
        status=problem.status,
        detail=problem.detail,
        code=problem.code,
        request_id=request_id if problem.status >= 500 else None,
    )
    answer.headers.update(problem.headers)
    return answer


def problem_of(error: Exception) -> Problem | None:
    """What a door's error means to a person; None for what nobody expected."""
    match error:
        case Problem():
            return error
        case TooManyAttempts():
            return Problem(429, error.code, error.sentence)
        case Refused():
            return of_refusal(error)
        case RequestValidationError():
            return Problem(422, "invalid_request", "Angaben fehlen oder sind nicht zulässig.")
        case HTTPException():
            return of_http(error)
        case _ if isinstance(error, NOT_STORABLE):
            return Problem(422, "value_not_acceptable", "Eine Angabe lässt sich so nicht speichern.")
        case _ if isinstance(error, DATABASE_AWAY):
            return database_away()
        case _:
            return None


class PageRoute(APIRoute):
    """A route whose errors are pages and whose detours are redirects."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await answer(request)
            except GoTo as elsewhere:
                return RedirectResponse(elsewhere.address, status_code=303)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    log.error("unexpected", **where(error))
                    problem = Problem(500, "unexpected", "Ein unerwarteter Fehler ist aufgetreten.")
                return refusal(problem, request_id=request.scope["state"]["request_id"])

        return page
