"""Getting in: with the right password, from an invitation, and not by guessing."""

import asyncio
import re

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from ledger.access import throttling
from ledger.roles import Role
from settings import Settings
from tests.fixtures.browsers import PASSWORD, Browser, Firm

NEW = "sieben leise Züge nach Norden"


async def test_somebody_invited_sets_a_password_and_comes_in(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    link = await firm.link(browser, purpose="invite")
    assert "Willkommen" in (await browser.get(link)).text
    assert (
        (await browser.post(link, {"new": NEW, "repeated": NEW}, shown_at=link))
        .headers["location"]
        .startswith("/login")
    )
    answer = await browser.log_in(password=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
    page = await browser.get("/admin/konto")
    assert f"Rolle in Firma {firm.tenant.slug}: <strong>Lesen</strong>" in page.text
    assert "person.logged_in" in await firm.actions()


async def test_a_wrong_password_and_an_unknown_account_are_answered_alike(firm: Firm) -> None:
    known, nobody, disabled = await firm.member(Role.EDITOR), firm.browser(), await firm.member(Role.EDITOR)
    nobody.email = "niemand@acme.example"
    await firm.rows_of(disabled, "UPDATE users SET disabled_at = now() RETURNING id")
    pages = []
    for browser, password in ((known, "falsch geraten 123"), (nobody, PASSWORD), (disabled, PASSWORD)):
        answer = await browser.log_in(password=password)
        assert answer.status_code == 401
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(set(pages)) == 1
    assert "E-Mail-Adresse oder Passwort stimmen nicht." in pages[0]


async def test_guessing_is_stopped_per_account_until_time_has_passed(
    firm: Firm, schema_owner: asyncpg.Connection
) -> None:
    browser, elsewhere = await firm.member(Role.VIEWER), firm.browser(address="198.51.100.7")
    elsewhere.email = browser.email.upper()
    for _ in range(throttling.PER_ACCOUNT):
        assert (await elsewhere.log_in(password="geraten und falsch")).status_code == 401
    stopped = await browser.log_in()
    assert (stopped.status_code, "Zu viele Versuche" in stopped.text) == (429, True)
    await schema_owner.execute("UPDATE login_attempts SET since = since - interval '16 minutes'")
    assert (await browser.log_in()).status_code == 303


async def test_an_account_that_does_not_exist_is_stopped_just_the_same(firm: Firm) -> None:
    browser = firm.browser(address="198.51.100.8")
    browser.email = f"niemand-{firm.tenant.slug}@acme.example"
    answers = [(await browser.log_in()).status_code for _ in range(throttling.PER_ACCOUNT + 1)]
    assert answers == [401] * throttling.PER_ACCOUNT + [429]


async def test_guessing_side_by_side_gets_no_further(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    browser.http.headers["x-forwarded-for"] = "203.0.113.1"  # not believed: there is no proxy of ours
    token = await browser.token()
    form = {"csrf": token, "email": browser.email, "password": "falsch geraten 123"}
    answers = await asyncio.gather(*(browser.http.post("/login", data=form) for _ in range(throttling.PER_ACCOUNT + 4)))
    assert [answer.status_code for answer in answers].count(401) == throttling.PER_ACCOUNT


async def test_guessing_over_many_accounts_is_stopped_per_address(firm: Firm) -> None:
    async def attempt(number: int) -> None:
        await throttling.count(firm.parts.ledger, firm.parts.vault, account=f"{number}@x", address=firm.tenant.slug)

    for number in range(throttling.PER_ADDRESS):
        await attempt(number)
    with pytest.raises(throttling.TooManyAttempts):
        await attempt(throttling.PER_ADDRESS)


async def test_a_link_works_once_even_when_used_twice_at_once(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    link = await firm.link(browser)
    token = await browser.token(link)
    form = {"csrf": token, "new": NEW, "repeated": NEW}
    answers = await asyncio.gather(*(browser.http.post(link, data=form) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert (await browser.get(link)).status_code == 404
    assert (await browser.log_in(password=NEW)).status_code == 303


async def test_a_link_ends_after_30_minutes_and_with_the_next_one(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    first, second = await firm.link(browser), await firm.link(browser)
    assert (await browser.get(first)).status_code == 404
    assert (await browser.get(second)).status_code == 200
    await firm.rows_of(browser, "UPDATE one_time_links SET expires_at = now() - interval '1 second' RETURNING id")
    assert (await browser.get(second)).status_code == 404
    assert (await browser.post(second, {"new": NEW, "repeated": NEW})).status_code == 404


@pytest.mark.parametrize(
    "password",
    [
        *("kurz", "aaaaaaaaaaaaaaaa", "partnerdesk-2026!", "x" * 129),
        # Of twelve characters and more, and among the first that anybody tries.
        *(
            "password1234",
            "Passwort1234!",
            "P@ssw0rd2026",
            "Sommer2026!!!",
            "Frühling 2026",
            "Willkommen1!",
            "administrator",
        ),
        *(
            "qwertzuiop123",
            "1q2w3e4r5t6y",
            "123456789012",
            "12.03.1985!!",
            "lovelovelove",
            "abcdef123456",
            "ichliebedich",
        ),
        "Ｐａｓｓｗｏｒｄ１２３４",
    ],
)
async def test_a_weak_password_is_refused_and_the_link_stays(firm: Firm, password: str) -> None:
    browser = await firm.member(Role.VIEWER)
    link = await firm.link(browser)
    answer = await browser.post(link, {"new": password, "repeated": password}, shown_at=link)
    assert answer.status_code == 422
    assert password not in answer.text
    assert (await browser.post(link, {"new": NEW, "repeated": NEW}, shown_at=link)).status_code == 303


async def test_a_changed_password_ends_all_other_sessions(firm: Firm) -> None:
    browser = await firm.person(Role.VIEWER)
    elsewhere = firm.browser()
    elsewhere.email = browser.email
    await elsewhere.log_in()
    wrong = await browser.post("/password", {"current": "falsch", "new": NEW, "repeated": NEW})
    assert wrong.status_code == 422
    differ = await browser.post("/password", {"current": PASSWORD, "new": NEW, "repeated": PASSWORD})
    assert "verschieden" in differ.text
    assert await elsewhere.is_in()
    changed = await browser.post("/password", {"current": PASSWORD, "new": NEW, "repeated": NEW})
    assert changed.status_code == 303
    assert (await browser.is_in(), await elsewhere.is_in()) == (True, False)
    assert "person.password_changed" in await firm.actions()


async def test_logging_out_ends_this_session_or_all(firm: Firm) -> None:
    one, two, three = await firm.person(Role.VIEWER), firm.browser(), firm.browser()
    for browser in (two, three):
        browser.email = one.email
        await browser.log_in()
    cookie = two.http.cookies.get("partnerdesk")
    assert (await two.post("/logout")).status_code == 303
    two.http.cookies.set("partnerdesk", cookie or "")
    assert (await one.is_in(), await two.is_in(), await three.is_in()) == (True, False, True)
    await one.post("/logout", {"everywhere": "1"})
    assert (await one.is_in(), await three.is_in()) == (False, False)


@pytest.mark.parametrize("column", ["last_seen_at", "expires_at"])
async def test_a_session_ends_by_itself(firm: Firm, column: str) -> None:
    browser = await firm.person(Role.VIEWER)
    past = "created_at = created_at - interval '13 hours', " if column == "expires_at" else ""
    await firm.rows_of(browser, f"UPDATE sessions SET {past}{column} = now() - interval '61 minutes' RETURNING id")
    assert not await browser.is_in()
    assert (await browser.get("/admin")).headers["location"] == "/login?weiter=%2Fadmin"


async def test_after_login_one_goes_on_to_pages_of_ours_only(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    for onward, expected in (
        ("/admin/mandant", "/admin/mandant"),
        ("//evil.example/admin", "/admin"),
        ("https://evil.example", "/admin"),
        ("/admin/..//evil", "/admin"),
        ("/admin\\@evil.example", "/admin"),
        ("/logout", "/admin"),
    ):
        assert (await browser.log_in(onward=onward)).headers["location"] == expected
        await browser.post("/logout")


async def test_the_cookie_is_for_our_pages_alone(firm: Firm, people_settings: Settings) -> None:
    browser = await firm.member(Role.VIEWER)
    (cookie,) = (await browser.log_in()).headers.get_list("set-cookie")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "path=/", "samesite=lax"}
    app: FastAPI = create_app(people_settings.model_copy(update={"public_url": "https://partner.example.com"}))
    async with app.router.lifespan_context(app):
        secure = Browser.of_app(app, base_url="https://partner.example.com")
        secure.email = browser.email
        cookies = (await secure.log_in()).headers.get_list("set-cookie")
        await secure.http.aclose()
    (session,) = [one for one in cookies if one.startswith("__Host-partnerdesk=")]
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in session.split(";")}
    assert "domain" not in session.lower()


async def test_pages_carry_no_script_and_no_style_of_their_own(firm: Firm, http: httpx.AsyncClient) -> None:
    admin = await firm.person(Role.ADMIN)
    paths = ("/admin/konto", "/admin/benutzer", "/admin/schluessel", "/admin/freigaberegeln", "/password", "/logout")
    for path in paths:
        page = await admin.get(path)
        assert page.status_code == 200, path
        assert not re.search(
            r"<script(?! src=./static/[^>]+ defer></script>)|<style|\sstyle=|\son[a-z]+=", page.text
        ), path
        assert "javascript:" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.text.count("<h1>") == 1
    assert (await http.get("/static/pages.css")).headers["content-type"].startswith("text/css")


async def test_one_address_locks_a_few_accounts_and_not_whom_it_likes(firm: Firm) -> None:
    victim, guesser = await firm.member(Role.VIEWER), firm.browser()
    token = await guesser.token("/login")

    async def guess(email: str) -> int:
        form = {"csrf": token, "email": email, "password": "x"}
        return (await guesser.http.post("/login", data=form)).status_code

    for attempt in range(throttling.PER_ADDRESS):
        await guess(f"x{attempt}-{firm.tenant.slug}@acme.example")
    for _ in range(throttling.PER_ACCOUNT + 1):
        assert await guess(victim.email) == 429
    assert (await victim.log_in()).status_code == 303
