"""German or English: a cookie before login, and the choice of an account from then on."""

import re

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.problems import Problem
from api.pages.frame.languages import COOKIE, LANGUAGES
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, Visiting
from ledger.access import users

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_OURS = re.compile(
    r"/(?:login|logout|password|second-factor|reset(?:/[A-Za-z0-9_-]+)?|p(?:/[A-Za-z0-9_-]+)?|admin(?:/[A-Za-z0-9_.-]+)*)"
    r"(?:\?[A-Za-z0-9_=&.%+-]*)?"
)
_A_YEAR_S = 365 * 86_400


@router.post("/sprache")
async def choose(visit: Visiting) -> Response:
    wanted, onward = visit.field("sprache"), visit.field("weiter")
    if wanted not in LANGUAGES:
        raise Problem(422, "unknown_language")
    if visit.anybody is not None:
        await users.set_language(visit.doors.ledger, visit.person.user_id, wanted)
    fallback = "/admin" if visit.anybody is not None else "/login"
    answer = RedirectResponse(onward if _OURS.fullmatch(onward) else fallback, status_code=303)
    remember(visit, answer, wanted)
    return answer


def remember(visit: Visit, answer: Response, wanted: str) -> None:
    answer.set_cookie(
        COOKIE, wanted, max_age=_A_YEAR_S, path="/", secure=visit.doors.settings.https, httponly=True, samesite="lax"
    )
