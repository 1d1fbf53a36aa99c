"""Every page and form, enumerated from the application: closed to strangers, foreign forms and small roles.

And to people of other tenants. Which permission a page needs is said once, in tests/api/pages/test_roles.py; a page
that is missing there fails here, too.
"""

import asyncpg
import httpx
import pytest
from fastapi.routing import iter_route_contexts

from ledger.roles import Permission, Role, permissions
from tests.api.pages.test_roles import ANYBODY, LOGGED_IN, NEEDS
from tests.fixtures.browsers import Browser
from tests.fixtures.premises import Premises, address, event_that_they_have_not, nowhere, objects_in, premises, without
from tests.security.conftest import Started

OAUTH = {
    ("GET", "/oauth/lexoffice/start"): Permission.SETTINGS,
    ("GET", "/oauth/lexoffice/callback"): Permission.SETTINGS,
}
NOT_FOR_PEOPLE = {
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/style.css"),
    ("GET", "/api/webhooks/{tenant}/lexoffice"),
    ("GET", "/api/webhooks/{tenant}/easybill"),
}
"""Outside the OpenAPI document and no pages of a session: the same for everybody."""
CLOSED = NEEDS | OAUTH
_ROLE_IS_TOO_SMALL = "Ihre Rolle erlaubt das nicht."


def served(started: Started) -> set[tuple[str, str]]:
    """Whatever the application answers and the OpenAPI document leaves out. HEAD is GET without a body."""
    return {
        (method, route.path)
        for route in iter_route_contexts(started[0].routes)
        if not getattr(route, "include_in_schema", False) and route.path is not None
        for method in (route.methods or ())
        if method != "HEAD"
    }


def test_every_page_is_in_a_table(guarded: Started) -> None:
    assert served(guarded) - NOT_FOR_PEOPLE - ANYBODY - LOGGED_IN - CLOSED.keys() == set()


def is_page(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("text/html") and bool(answer.headers["x-request-id"])


def leads_to_login(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/login")


def allows(role: Role, needed: Permission | tuple[Permission, ...]) -> bool:
    return not permissions(role).isdisjoint(needed if isinstance(needed, tuple) else (needed,))


async def send(browser: Browser, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
    return await (browser.http.get(path) if method == "GET" else browser.http.post(path, data=form or {}))


async def test_a_stranger_is_led_to_the_login(guarded: Started, ours: Premises, superuser: asyncpg.Connection) -> None:
    stranger = ours.firm.browser()
    before = await ours.settled(superuser)
    for method, path in sorted(CLOSED.keys() | LOGGED_IN):
        token = {} if method == "GET" else {"csrf": await stranger.token("/login")}
        answer = await send(stranger, method, address(path, ours.names), token)
        is_callback = path.endswith("/callback")  # leads nowhere: its address holds a code
        assert leads_to_login(answer) or (is_callback and answer.status_code == 401), (method, path, answer.status_code)
        assert not any(text in answer.text for text in ours.told)
    assert await ours.fingerprint(superuser) == before


async def test_a_form_that_our_page_did_not_show_is_refused(
    guarded: Started, ours: Premises, theirs: Premises, superuser: asyncpg.Connection
) -> None:
    admin, other = await ours.firm.person(Role.ADMIN), await theirs.firm.person(Role.ADMIN)
    foreign = {"csrf": await other.token()}
    before = await ours.settled(superuser)
    for method, path in sorted(CLOSED.keys() | LOGGED_IN | ANYBODY):
        if method == "GET":
            continue
        filled = address(path, ours.names | {"token": "x"})
        for form in ({"user": "x"}, {"csrf": "0" * 64}, foreign):
            answer = await admin.http.post(filled, data=form)
            assert (answer.status_code, is_page(answer)) == (403, True), (path, form)
        crossing = await admin.http.post(
            filled, data={"csrf": await admin.token()}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert (crossing.status_code, is_page(crossing)) == (403, True), path
        as_json = await admin.http.post(filled, json={"csrf": await admin.token()})
        assert as_json.status_code == 415, path
    assert await ours.fingerprint(superuser) == before


@pytest.mark.parametrize("role", list(Role))
async def test_too_small_a_role_is_refused(
    guarded: Started, ours: Premises, superuser: asyncpg.Connection, role: Role
) -> None:
    browser = await ours.firm.person(role)
    before = await ours.settled(superuser)
    token = await browser.token()
    for (method, path), permission in sorted(CLOSED.items(), key=lambda item: item[0]):
        if allows(role, permission):
            continue
        answer = await send(browser, method, address(path, ours.names), {"csrf": token})
        assert (answer.status_code, is_page(answer)) == (403, True), (method, path)
        assert _ROLE_IS_TOO_SMALL in answer.text, (method, path)
        assert not any(text in answer.text.replace(browser.email, "") for text in ours.told), path
    assert await ours.fingerprint(superuser) == before


async def test_another_tenants_objects_are_like_those_that_do_not_exist(
    guarded: Started, ours: Premises, superuser: asyncpg.Connection
) -> None:
    """As the other tenant's admin, who may do everything at home."""
    elsewhere = await premises(guarded)
    admin = await elsewhere.firm.person(Role.ADMIN)
    only_ours = ours.names | {"event": await event_that_they_have_not(ours, elsewhere)}
    before = await ours.settled(superuser)
    token = await admin.token()
    for method, path in sorted(NEEDS):
        form, names = {"csrf": token}, objects_in(path)
        about_ours = await send(admin, method, address(path, only_ours), form)
        assert not any(text in without(about_ours.text, ours.names) for text in ours.told), (method, path)
        if not names:
            continue
        nothing = nowhere()
        about_nothing = await send(admin, method, address(path, nothing), form)
        assert about_ours.status_code == about_nothing.status_code, (method, path)
        assert without(about_ours.text, ours.names) == without(about_nothing.text, nothing), (method, path)
        assert about_ours.status_code in (303, 404, 409, 422), (method, path, about_ours.status_code)
    assert await ours.fingerprint(superuser) == before


async def test_a_refusal_is_a_page_with_the_id_of_its_request(guarded: Started, ours: Premises) -> None:
    viewer = await ours.firm.person(Role.VIEWER)
    refused = await viewer.http.get("/admin/benutzer")
    assert refused.status_code == 403
    assert is_page(refused)
