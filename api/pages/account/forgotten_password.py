"""Passwort vergessen: whoever asks is told the same, at once; only the mailbox learns whether there is an account."""

import asyncio

import structlog
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.parts import Parts
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, Visiting
from ledger.access import memberships, throttling, users
from ledger.refusals import NotFound
from logs import where

PAGE = "/reset"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
log = structlog.get_logger("people")

under_way: set[asyncio.Task[None]] = set()
"""Links that are being made."""


@router.get(PAGE)
async def asking_page(visit: Visiting) -> Response:
    return _shown(visit, asked=visit.request.query_params.get("hinweis") == "gesendet")


@router.post(PAGE)
async def ask(visit: Visiting) -> Response:
    """Throttled as logging in is, for accounts that do not exist as well."""
    doors, email = visit.doors, visit.field("email").lower()[:300]
    await throttling.count(doors.ledger, doors.vault, account=email, address=visit.address, what="reset")
    # Beside the answer, not before it nor on its connection: how long either takes must not tell who has an account.
    # What a crash loses is asked for again.
    task = asyncio.create_task(_send_link(doors, email))
    under_way.add(task)
    task.add_done_callback(under_way.discard)
    return RedirectResponse(f"{PAGE}?hinweis=gesendet", status_code=303)


async def _send_link(doors: Parts, email: str) -> None:
    try:
        try:
            user = await users.get_by_email(doors.ledger, email)
        except NotFound:
            return
        async with doors.ledger.of_person(user) as tx:
            if (await users.get(tx, user)).disabled_at is not None:
                return
        await users.make_link(doors.ledger, doors.vault, user, purpose="reset", actor="anybody")
        await doors.announcer.mails_to(user)
        for home in await memberships.homes(doors.ledger, user):
            async with doors.ledger.transaction(home.tenant) as tx:
                await users.note(tx, user, "person.link_asked", actor="anybody")
    except Exception as error:
        # Nobody waits for it: told here or not at all.
        log.error("link not made", **where(error))


def _shown(visit: Visit, *, asked: bool) -> Response:
    return visit.page("forgotten_password.html", asked=asked, minutes=users.LINK_MINUTES)
