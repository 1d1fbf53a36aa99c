"""The second factor: who must have one, that a code works once, and when it is asked for again."""

import asyncio
import re
import time

import httpx
import pytest

from ledger.access import totp
from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN])
async def test_who_approves_or_administers_gets_nowhere_without_one(firm: Firm, role: Role) -> None:
    browser = await firm.member(role)
    await browser.log_in()
    for path in ("/admin", "/admin/mandant", "/password"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/second-factor")
    page = await browser.get("/second-factor")
    assert "<svg" in page.text
    assert (await browser.show_code("000000")).status_code == 422
    assert (await browser.enrol()).status_code == 303
    assert (await browser.get("/admin/konto")).status_code == 200
    assert "person.second_factor_enrolled" in await firm.actions()


async def test_with_one_the_password_alone_opens_nothing(firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    await viewer.enrol()  # of one's own will
    elsewhere = firm.browser()
    elsewhere.email, elsewhere.secret = viewer.email, viewer.secret
    await elsewhere.log_in()
    assert (await elsewhere.get("/admin/konto")).status_code == 303
    assert viewer.secret not in (await elsewhere.get("/second-factor")).text
    assert (await elsewhere.show_code(steps=1)).status_code == 303
    assert (await elsewhere.get("/admin/konto")).status_code == 200


async def test_a_code_works_once_in_whatever_session(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    used = totp.code_of(admin.secret)
    elsewhere = firm.browser()
    elsewhere.email, elsewhere.secret = admin.email, admin.secret
    await elsewhere.log_in()
    replayed = await elsewhere.show_code(used)
    assert (replayed.status_code, "schon benutzt" in replayed.text) == (422, True)
    fresh = totp.code_of(admin.secret, at=time.time() + totp.PERIOD_S)
    token = await elsewhere.token("/second-factor")
    both = await asyncio.gather(
        *(elsewhere.http.post("/second-factor", data={"csrf": token, "code": fresh}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in both) in ([303, 422], [303, 403])


async def test_the_code_before_the_last_does_not_work_after_the_last(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert (await admin.show_code(steps=1)).status_code == 303
    assert (await admin.show_code(steps=0)).status_code == 422
    assert (await admin.show_code(steps=-1)).status_code == 422


async def test_codes_are_not_guessed(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    wrong = [(await admin.show_code(f"{number:06}")).status_code for number in range(9)]
    assert wrong[-1] == 429


async def test_proving_it_renews_the_session_so_that_an_older_token_is_worth_nothing(firm: Firm) -> None:
    browser = await firm.member(Role.ADMIN)
    await browser.log_in()
    before = browser.http.cookies["partnerdesk"]
    await browser.enrol()
    thief = firm.browser()
    thief.http.cookies.set("partnerdesk", before)
    assert await browser.is_in()
    assert not await thief.is_in()


async def test_dangerous_pages_ask_again_after_ten_minutes(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    pages = ("/admin/benutzer", "/admin/schluessel", "/admin/freigaberegeln")
    assert [(await admin.get(page)).status_code for page in pages] == [200, 200, 200]
    await firm.rows_of(
        admin, "UPDATE sessions SET second_factor_at = now() - interval '11 minutes' WHERE user_id = $1", admin.user
    )
    assert (await admin.get("/admin/konto")).status_code == 200
    for page in pages:
        asked = await admin.get(page)
        assert asked.headers["location"] == f"/second-factor?weiter={page.replace('/', '%2F')}"
    late = await admin.post("/admin/benutzer", {"email": "neu@acme.example", "role": "viewer"})
    assert (late.status_code, "/second-factor" in late.headers["location"]) == (303, True)
    assert len(await firm.rows("SELECT 1 FROM memberships")) == 1
    proved = await admin.show_code(steps=1, onward="/admin/benutzer")
    assert proved.headers["location"] == "/admin/benutzer"
    assert (await admin.get("/admin/benutzer")).status_code == 200


NEWCOMER = "neu-{}@acme.example"
"""Accounts are of the whole product: each test invites somebody of its own."""


def _newcomer(firm: Firm) -> str:
    return NEWCOMER.format(firm.tenant.slug)


async def _asked_in_the_middle(firm: Firm, admin: Browser) -> str:
    """A form whose code is too old was sent. Returns where the browser is sent to."""
    await firm.rows_of(
        admin, "UPDATE sessions SET second_factor_at = now() - interval '11 minutes' WHERE user_id = $1", admin.user
    )
    late = await admin.post("/admin/benutzer", {"email": _newcomer(firm), "role": "viewer"})
    assert late.status_code == 303
    return str(late.headers["location"])


async def _prove(browser: Browser, shown_at: str, *, code: str = "", steps: int = 1) -> httpx.Response:
    """The form of that page, filled in with a code. Redirects are followed as browsers do."""
    page = (await browser.get(shown_at)).text
    form = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', page.partition("<main")[2]))
    code = code or totp.code_of(browser.secret, at=time.time() + steps * totp.PERIOD_S)
    return await browser.http.post("/second-factor", data={**form, "code": code}, follow_redirects=True)


async def test_an_act_that_was_asked_for_a_code_goes_on_after_it(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    asked = await _asked_in_the_middle(firm, admin)
    assert asked.startswith("/second-factor?weiter=%2Fadmin%2Fbenutzer&fortsetzen=")
    page = (await admin.get(asked)).text
    assert "geht danach von selbst weiter" in page
    assert _newcomer(firm) not in page
    assert len(await firm.rows("SELECT 1 FROM memberships")) == 1

    wrong = await _prove(admin, asked, code="000000")
    assert (wrong.status_code, 'name="fortsetzen"' in wrong.text) == (422, True)
    done = await _prove(admin, asked)
    assert (done.status_code, _newcomer(firm) in done.text) == (200, True)
    assert len(await firm.rows("SELECT 1 FROM memberships")) == 2
    assert not await firm.rows_of(admin, "SELECT 1 FROM sessions WHERE held_form_encrypted IS NOT NULL")


async def test_a_held_act_is_done_once(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    token = (await _asked_in_the_middle(firm, admin)).partition("fortsetzen=")[2]
    await admin.show_code(steps=1)
    twice = await asyncio.gather(*(admin.http.post("/admin/benutzer", data={"fortsetzen": token}) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [200, 409]
    assert len(await firm.rows("SELECT 1 FROM memberships")) == 2


async def test_a_held_act_is_of_its_session_its_door_and_its_minutes(firm: Firm) -> None:
    admin, other = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    token = (await _asked_in_the_middle(firm, admin)).partition("fortsetzen=")[2]
    await firm.rows_of(admin, "UPDATE sessions SET second_factor_at = now()")
    assert (await other.http.post("/admin/benutzer", data={"fortsetzen": token})).status_code == 409
    assert (await admin.http.post("/admin/schluessel", data={"fortsetzen": token})).status_code == 409

    token = (await _asked_in_the_middle(firm, admin)).partition("fortsetzen=")[2]
    await firm.rows_of(admin, "UPDATE sessions SET held_form_until = now(), second_factor_at = now()")
    assert (await admin.http.post("/admin/benutzer", data={"fortsetzen": token})).status_code == 409
    assert len(await firm.rows("SELECT 1 FROM memberships")) == 2


async def test_what_is_held_lies_encrypted(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    await _asked_in_the_middle(firm, admin)
    [row] = await firm.rows_of(admin, "SELECT s::text AS row, held_form_encrypted FROM sessions s")
    assert row["held_form_encrypted"] is not None
    assert _newcomer(firm) not in row["row"]
    assert _newcomer(firm).encode().hex() not in row["row"]


async def test_a_lost_phone_ends_all_sessions_and_begins_anew(firm: Firm) -> None:
    admin, approver = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    page = await admin.post(f"/admin/benutzer/{approver.user}/link", {"second_factor": "1"})
    assert page.status_code == 200
    assert not await approver.is_in()
    await approver.log_in()
    assert "<svg" in (await approver.get("/second-factor")).text


async def test_the_secret_lies_encrypted(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    (row,) = await firm.rows_of(admin, "SELECT s::text AS row FROM user_secrets s")
    assert admin.secret not in row["row"]
    assert admin.secret.encode().hex() not in row["row"]
