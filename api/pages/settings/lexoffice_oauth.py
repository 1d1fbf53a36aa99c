"""„Mit OAuth verbinden“: to lexoffice's consent page and back (design.md, Addresses; lexoffice API, OAuth2).

State and PKCE verifier are bound to the browser's session, work once, and for ten minutes.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from activities.gateway.oauth_access import CALLBACK_PATH
from api.actions import lexoffice_connection
from api.http.problems import Problem
from api.pages.frame.rendering import GoTo, PageRoute
from api.pages.frame.visits import Proved, Visit, Visiting
from api.pages.settings.lexoffice_settings import PAGE
from ledger.connections import oauth_tokens
from ledger.roles import Permission
from lexoffice.oauth import new_secret

START = "/oauth/lexoffice/start"
router = APIRouter(route_class=PageRoute, include_in_schema=False)

Told = Annotated[str, Query(max_length=2000)]


@router.get(START)
async def start(visit: Proved) -> Response:
    """Send this session to lexoffice. Only for people who may change settings."""
    _require_settings(visit)
    if not visit.person.is_fresh:
        raise GoTo(f"/second-factor?weiter={PAGE}")
    server = lexoffice_connection.authorization_server(visit.doors)
    state, verifier = new_secret(), new_secret()
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        await oauth_tokens.send_out(
            tx, visit.doors.vault, state=state, verifier=verifier, session=visit.person.session_id
        )
    return RedirectResponse(server.consent_address(state=state, verifier=verifier), status_code=303)


@router.get(CALLBACK_PATH)
async def callback(visit: Visiting, state: Told = "", code: Told = "", error: Told = "") -> Response:
    """lexoffice sends the browser back here, with a code or with an error."""
    if visit.anybody is None:
        raise Problem(401, "session_over")
    if visit.person.tenant is None:
        raise Problem(400, "oauth_state_unknown")
    _require_settings(visit)
    doors, tenant = visit.doors, visit.tenant
    async with doors.ledger.transaction(tenant) as tx:
        returned = await oauth_tokens.take_back(tx, doors.vault, state=state, session=visit.person.session_id)
    # Before anything that the address says is believed, a refusal included.
    if returned is None:
        raise Problem(400, "oauth_state_unknown")
    if error or not code:
        raise Problem(400, "oauth_denied" if error == "access_denied" else "oauth_refused")
    await lexoffice_connection.connect_by_oauth(
        doors, tenant, code=code, verifier=returned.verifier, actor=visit.person.actor
    )
    # On to an address without the code.
    return RedirectResponse(f"{PAGE}?hinweis=verbunden", status_code=303)


def _require_settings(visit: Visit) -> None:
    if visit.person.tenant is None or not visit.person.may(Permission.SETTINGS):
        raise Problem(403, "not_allowed")
