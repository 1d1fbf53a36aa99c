"""The second factor: enrolling with a QR code, and showing it, at login and again before dangerous acts."""

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from api.pages.languages import said
from api.pages.login import note
from api.pages.people import LoggedIn, Visit
from api.pages.rendering import GoTo, PageRoute
from ledger import sessions, throttling, totp, users
from ledger.users import WrongCode

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/second-factor")
async def second_factor_page(visit: LoggedIn) -> Response:
    return await _asked(visit)


@router.post("/second-factor")
async def show_second_factor(visit: LoggedIn) -> Response:
    doors, person = visit.doors, visit.person
    await throttling.count(
        doors.ledger, doors.vault, account=str(person.user_id), address=visit.address, what="second factor"
    )
    try:
        await users.check_code(doors.ledger, doors.vault, person.user_id, visit.field("code"))
    except WrongCode as wrong:
        return await _asked(visit, wrong=said(wrong))
    await throttling.forget(doors.ledger, doors.vault, account=str(person.user_id), what="second factor")
    token = await sessions.show_second_factor(doors.ledger, doors.vault, person)
    if token is None:
        raise GoTo("/login")
    if not person.enrolled and person.tenant is not None and person.role is not None:
        await note(visit, person.tenant, person.user_id, "person.second_factor_enrolled")
    return visit.begin(token.get_secret_value(), visit.onward())


async def _asked(visit: Visit, *, wrong: str | None = None) -> Response:
    status = 422 if wrong else 200
    if visit.person.enrolled:
        return visit.page("second_factor.html", status=status, onward=visit.onward(), wrong=wrong)
    secret = (await users.totp_secret(visit.doors.ledger, visit.doors.vault, visit.person.user_id)).get_secret_value()
    # Our own drawing of our own text: its only variable parts are squares.
    drawing = Markup(totp.qr_svg(totp.address(secret, account=visit.person.email)))  # noqa: S704
    return visit.page("enrol.html", status=status, onward=visit.onward(), wrong=wrong, secret=secret, drawing=drawing)
