"""Templates, static files, and what a page looks like when something is refused.

Static are the stylesheet, our one script, and htmx 2.0.11 as its makers publish it on npm (static/htmx.LICENSE).
htmx.min.js has the SHA-256 d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717 (tests/api/pages keeps it).
"""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

from api.http.language import in_words, language, say, speaking
from api.http.problems import DATABASE_AWAY, NOT_STORABLE, Problem, database_away, of_http, of_refusal
from api.pages.frame import languages, words
from api.pages.frame.languages import COOKIE, LANGUAGES
from api.pages.frame.navigation import menu_of
from ledger.access.throttling import TooManyAttempts
from ledger.refusals import NotFound, Refused
from logs import where

log = structlog.get_logger("pages")

HERE = Path(__file__).parents[1]
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Scripts and requests of our own files only; nothing inline, and nothing evaluated.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAME = "frame"
"""Where a request keeps what the frame of its pages shows, once somebody is recognised."""
RESUMED = "resumed"
"""Where a request keeps that it carries out a form which had waited for its second factor."""
_FILE_CAME = "partnerdesk-file"
_NOBODY: dict[str, Any] = {"person": None, "csrf": "", "message": None, "here": "", "back": "/admin"}


def _translated(text: str, **values: object) -> Markup:
    """For templates: text and values are escaped, values that are Markup stay what they are."""
    said = escape(languages._(text))
    return said % values if values else said


def _translated_number(one: str, many: str, n: int, **values: object) -> Markup:
    return escape(languages.ngettext(one, many, n, **values))


@cache
def static_address(name: str) -> str:
    """With the hash of the file, so that a browser may keep it for ever."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


_TEMPLATES.globals |= {
    "_": _translated,
    "ngettext": _translated_number,
    "language": language,
    "say": say,
    "LANGUAGES": LANGUAGES,
    "menu_of": menu_of,
    "static": static_address,
    "word": words.of_state,
    "document_word": words.of_document,
    "tone": words.tone,
}
_TEMPLATES.filters |= {
    "in_words": in_words,
    "money": languages.money,
    "number": languages.number,
    "percent": languages.percent,
    "day": languages.day,
    "days_to": languages.days_to,
    "moment": languages.moment,
    "clock": languages.clock,
    "month": languages.month,
    "span": languages.span,
}


class GoTo(Exception):
    """Answer with this address instead: a login, a second factor, a choice that must come first."""

    def __init__(self, address: str) -> None:
        super().__init__("go elsewhere")
        self.address = address


def rendered(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    answer = HTMLResponse(_TEMPLATES.get_template(template).render(_NOBODY | context), status_code=status)
    answer.headers["content-security-policy"] = _POLICY
    return answer


def refusal(problem: Problem, *, request_id: str, frame: Mapping[str, Any]) -> HTMLResponse:
    """An error as a page. The same for what is not there and what belongs to somebody else.

    `frame`: of whoever is known to have asked, so that the menu stays where it was.
    """
    answer = rendered(
        "refused.html",
        status=problem.status,
        answer_status=problem.status,
        detail=problem.detail,
        code=problem.code,
        request_id=request_id if problem.status >= 500 else None,
        **frame,
    )
    answer.headers.update(problem.headers)
    return answer


def problem_of(error: Exception) -> Problem | None:
    """What a door's error means to a person; None for what nobody expected."""
    match error:
        case Problem():
            return error
        case TooManyAttempts():
            return Problem(429, error.code)
        case Refused():
            return of_refusal(error)
        case RequestValidationError():
            return Problem(422, "invalid_request")
        case HTTPException():
            return of_http(error)
        case _ if isinstance(error, NOT_STORABLE):
            return Problem(422, "value_not_acceptable")
        case _ if isinstance(error, DATABASE_AWAY):
            return database_away()
        case _:
            return None


class Instead(Exception):
    """Another page than the door would have answered with, such as its form again with what was refused."""

    def __init__(self, page: Response) -> None:
        super().__init__(page.status_code)
        self.page = page


class PageRoute(APIRoute):
    """A route whose errors are pages and whose detours are redirects."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def page(request: Request) -> Response:
            with speaking(request.cookies.get(COOKIE)):
                try:
                    return _with_sign_of_a_file(request, await answer(request))
                except Instead as another:
                    return another.page
                except GoTo as elsewhere:
                    return RedirectResponse(elsewhere.address, status_code=303)
                except Exception as error:
                    problem = problem_of(error)
                    if problem is None:
                        log.error("unexpected", **where(error))
                        problem = Problem(500, "unexpected")
                    known = request.scope["state"]
                    return refusal(problem, request_id=known["request_id"], frame=known.get(FRAME, {}))

        return page


def _with_sign_of_a_file(request: Request, answer: Response) -> Response:
    """A file leaves the browser on the page that asked for the code: the script there sees this cookie and goes on."""
    is_file = "attachment" in answer.headers.get("content-disposition", "")
    if is_file and request.scope["state"].get(RESUMED):
        answer.set_cookie(_FILE_CAME, "1", max_age=60, path="/", samesite="lax")
    return answer


router = APIRouter(route_class=PageRoute, include_in_schema=False)

_KINDS = {
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """Pages name these with the hash of their content, so a browser need not ask again."""
    if name not in _KINDS:
        raise NotFound("file_not_found")
    return FileResponse(HERE / "static" / name, media_type=_KINDS[name], headers={"cache-control": _FOR_EVER})
