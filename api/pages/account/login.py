"""Logging in and out, passwords, and the second factor.

Whatever is wrong with a login, the answer and the work are the same. The second factor is enrolled with a QR code, and
shown at login and again before dangerous acts.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from api.http.language import said
from api.pages.account import language_choice
from api.pages.frame.languages import N_
from api.pages.frame.rendering import GoTo, PageRoute
from api.pages.frame.visits import HELD, LoggedIn, Proved, Visit, Visiting
from ledger.access import held_forms, memberships, sessions, throttling, totp, users
from ledger.access.held_forms import HeldForm
from ledger.access.users import WrongCode
from ledger.refusals import NotAcceptable
from ledger.types import Tenant, UserId

router = APIRouter(route_class=PageRoute, include_in_schema=False)
log = structlog.get_logger("people")

_WRONG = N_("E-Mail-Adresse oder Passwort stimmen nicht.")
_OVER = N_("Dieser Link ist ungültig, abgelaufen oder schon benutzt. Bitte fordern Sie einen neuen an.")
_HINTS = {
    "passwort": N_("Das Passwort ist gesetzt. Bitte melden Sie sich an."),
    "abgemeldet": N_("Sie sind abgemeldet."),
}
Token = Annotated[str, Path(max_length=200)]


@router.get("/login")
async def login_page(visit: Visiting) -> Response:
    if visit.anybody is not None:
        return RedirectResponse(visit.onward(), status_code=303)
    hint = _HINTS.get(visit.request.query_params.get("hinweis", ""))
    return visit.page("login.html", message=hint, onward=visit.onward(""), email="", wrong=None)


@router.post("/login")
async def login(visit: Visiting) -> Response:
    doors = visit.doors
    email = visit.field("email").lower()[:300]
    await throttling.count(doors.ledger, doors.vault, account=email, address=visit.address)
    user = await users.with_password(doors.ledger, email, visit.form.get("password", ""))
    if user is None:
        log.info("login refused")
        return visit.page("login.html", status=401, onward=visit.onward(""), email=email, wrong=_WRONG)
    await throttling.forget(doors.ledger, doors.vault, account=email)
    if visit.anybody is not None:
        await sessions.end(doors.ledger, visit.person)
    homes = await memberships.homes(doors.ledger, user)
    tenant = homes[0].tenant if len(homes) == 1 else None
    token = await sessions.begin(doors.ledger, doors.vault, user, tenant=tenant)
    if tenant is not None:
        await note(visit, tenant, user, "person.logged_in")
    log.info("logged in", person=str(user))
    answer = visit.begin(token.get_secret_value(), visit.onward())
    if spoken := await users.language(doors.ledger, user):
        language_choice.remember(visit, answer, spoken)
    return answer


@router.get("/logout")
async def logout_page(visit: LoggedIn) -> Response:
    return visit.page("logout.html")


@router.post("/logout")
async def logout(visit: LoggedIn) -> Response:
    if visit.field("everywhere"):
        await sessions.end_all(visit.doors.ledger, visit.person.user_id)
    else:
        await sessions.end(visit.doors.ledger, visit.person)
    return visit.leave("/login?hinweis=abgemeldet")


@router.get("/password")
async def password_page(visit: Proved) -> Response:
    return visit.page("password.html", wrong=None)


@router.post("/password")
async def change_password(visit: Proved) -> Response:
    """All other sessions of this person end; this one goes on as a new one."""
    doors, person = visit.doors, visit.person
    await throttling.count(
        doors.ledger, doors.vault, account=str(person.user_id), address=visit.address, what="password"
    )
    if await users.with_password(doors.ledger, person.email, visit.form.get("current", "")) is None:
        return visit.page("password.html", status=422, wrong=N_("Das bisherige Passwort stimmt nicht."))
    try:
        await users.set_password(doors.ledger, person.user_id, _repeated(visit))
    except NotAcceptable as weak:
        return visit.page("password.html", status=422, wrong=said(weak))
    token = await sessions.begin(
        doors.ledger, doors.vault, person.user_id, tenant=person.tenant, second_factor_at=person.second_factor_at
    )
    if person.tenant is not None and person.role is not None:
        await note(visit, person.tenant, person.user_id, "person.password_changed")
    return visit.begin(token.get_secret_value(), "/admin")


@router.get("/reset/{token}")
async def reset_page(token: Token, visit: Visiting) -> Response:
    link = await users.find_link(visit.doors.ledger, visit.doors.vault, token)
    if link is None:
        return visit.page("reset_over.html", status=404, detail=_OVER)
    return visit.page("reset.html", is_invitation=link.purpose == "invite", wrong=None)


@router.post("/reset/{token}")
async def reset(token: Token, visit: Visiting) -> Response:
    link = await users.find_link(visit.doors.ledger, visit.doors.vault, token)
    if link is None:
        return visit.page("reset_over.html", status=404, detail=_OVER)
    try:
        if not await users.use_link(visit.doors.ledger, link, _repeated(visit)):
            return visit.page("reset_over.html", status=404, detail=_OVER)
    except NotAcceptable as weak:
        return visit.page("reset.html", status=422, is_invitation=link.purpose == "invite", wrong=said(weak))
    for home in await memberships.homes(visit.doors.ledger, link.user_id):
        await note(visit, home.tenant, link.user_id, "person.password_set_by_link")
    return visit.leave("/login?hinweis=passwort")


@router.get("/second-factor")
async def second_factor_page(visit: LoggedIn) -> Response:
    return await _second_factor_asked(visit)


@router.post("/second-factor")
async def show_second_factor(visit: LoggedIn) -> Response:
    doors, person = visit.doors, visit.person
    await throttling.count(
        doors.ledger, doors.vault, account=str(person.user_id), address=visit.address, what="second factor"
    )
    try:
        await users.check_code(doors.ledger, doors.vault, person.user_id, visit.field("code"))
    except WrongCode as wrong:
        return await _second_factor_asked(visit, wrong=said(wrong))
    await throttling.forget(doors.ledger, doors.vault, account=str(person.user_id), what="second factor")
    token = await sessions.show_second_factor(doors.ledger, doors.vault, person)
    if token is None:
        raise GoTo("/login")
    if not person.enrolled and person.tenant is not None and person.role is not None:
        await note(visit, person.tenant, person.user_id, "person.second_factor_enrolled")
    held = await _held(visit)
    if held is not None:
        return visit.begin(token.get_secret_value(), held.address, by_post=True)
    return visit.begin(token.get_secret_value(), visit.onward())


async def _held(visit: Visit) -> HeldForm | None:
    """The act that this second factor was asked for; it goes on at its own door."""
    token = _held_token(visit)
    if not token:
        return None
    return await held_forms.held_for(visit.doors.ledger, visit.doors.vault, visit.person, token)


def _held_token(visit: Visit) -> str:
    return (visit.form.get(HELD) or visit.request.query_params.get(HELD) or "")[:100]


async def _second_factor_asked(visit: Visit, *, wrong: str | None = None) -> Response:
    status = 422 if wrong else 200
    held = _held_token(visit) if await _held(visit) is not None else ""
    if visit.person.enrolled:
        return visit.page("second_factor.html", status=status, onward=visit.onward(), held=held, wrong=wrong)
    secret = (await users.totp_secret(visit.doors.ledger, visit.doors.vault, visit.person.user_id)).get_secret_value()
    # Our own drawing of our own text: its only variable parts are squares.
    drawing = Markup(totp.qr_svg(totp.address(secret, account=visit.person.email)))  # noqa: S704
    return visit.page("enrol.html", status=status, onward=visit.onward(), wrong=wrong, secret=secret, drawing=drawing)


async def note(visit: Visit, tenant: Tenant, user: UserId, action: str) -> None:
    """What a person did about the own account, in the trail of a tenant where it works."""
    async with visit.doors.ledger.transaction(tenant) as tx:
        await users.note(tx, user, action, actor=f"user:{user}")


def _repeated(visit: Visit) -> str:
    new = visit.form.get("new", "")
    if new != visit.form.get("repeated", ""):
        raise NotAcceptable("passwords_differ")
    return new
