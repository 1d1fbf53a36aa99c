"""Passwort vergessen: one answer for everybody, a link for whoever has the mailbox."""

import asyncio
import re

from api.pages.account import forgotten_password
from ledger.access import throttling
from ledger.mail import outbox
from ledger.roles import Role
from tests.fixtures.browsers import PASSWORD, Browser, Firm
from tests.fixtures.unhurried import ANSWER_S

PAGE = forgotten_password.PAGE
NEW = "sieben leise Züge nach Norden"


async def asks(browser: Browser, email: str = "") -> str:
    """What somebody sees who asks for a link: the address that the answer leads to, and its page."""
    answer = await browser.post(PAGE, {"email": email or browser.email}, shown_at=PAGE)
    assert answer.status_code == 303
    await asyncio.gather(*forgotten_password.under_way)
    page = (await browser.get(answer.headers["location"])).text
    return answer.headers["location"] + re.sub(r'value="[0-9a-f]*"', "", page)


async def mailed_link(firm: Firm, browser: Browser) -> str:
    [mail] = await firm.rows_of(browser, "SELECT id FROM mails WHERE kind = 'reset_link' AND ended_at IS NULL")
    assert browser.user is not None
    async with firm.parts.ledger.of_person(browser.user) as tx:
        taken = await outbox.take(tx, firm.parts.vault, mail["id"])
    assert taken is not None
    assert taken.link is not None
    return f"/reset/{taken.link.get_secret_value()}"


async def test_a_forgotten_password_is_replaced_by_the_link_that_was_mailed(firm: Firm) -> None:
    browser = await firm.member(Role.EDITOR)
    assert f'href="{PAGE}"' in (await browser.get("/login")).text
    assert "ist eine Mail dorthin unterwegs" in await asks(browser, browser.email.upper())
    link = await mailed_link(firm, browser)
    answer = await browser.post(link, {"new": NEW, "repeated": NEW}, shown_at=link)
    assert answer.headers["location"] == "/login?hinweis=passwort"
    assert (await browser.log_in(password=PASSWORD)).status_code == 401
    assert (await browser.log_in(password=NEW)).status_code == 303
    assert (await browser.get(link)).status_code == 404
    assert {"person.link_asked", "person.password_set_by_link"} <= set(await firm.actions())


async def test_unknown_and_disabled_accounts_are_answered_alike_and_get_no_link(firm: Firm) -> None:
    known, disabled = await firm.member(Role.VIEWER), await firm.member(Role.VIEWER)
    await firm.rows_of(disabled, "UPDATE users SET disabled_at = now() RETURNING id")
    nobody = firm.browser()
    said = [await asks(known), await asks(disabled), await asks(nobody, "niemand@acme.example")]
    assert len(set(said)) == 1
    assert not await firm.rows_of(disabled, "SELECT 1 FROM one_time_links")
    assert len(await firm.rows_of(known, "SELECT 1 FROM one_time_links")) == 1


async def test_the_answer_does_not_wait_for_the_link(firm: Firm) -> None:
    browser = await firm.member(Role.VIEWER)
    assert browser.user is not None
    token = await browser.token(PAGE)
    async with firm.parts.ledger.of_person(browser.user) as tx:
        # Whatever is to be written about this person waits here.
        await tx.execute("UPDATE users SET name = name WHERE id = $1", browser.user)
        async with asyncio.timeout(ANSWER_S):
            answer = await browser.http.post(PAGE, data={"csrf": token, "email": browser.email})
        assert answer.status_code == 303
        assert forgotten_password.under_way
    await asyncio.gather(*forgotten_password.under_way)
    await mailed_link(firm, browser)


async def test_asking_is_stopped_per_account_known_or_not_and_locks_nobody_out(firm: Firm) -> None:
    known, nobody = await firm.member(Role.VIEWER), firm.browser()
    nobody.email = f"niemand-{firm.tenant.slug}@acme.example"
    for browser in (known, nobody):
        token = await browser.token(PAGE)
        answers = [
            (await browser.http.post(PAGE, data={"csrf": token, "email": browser.email})).status_code
            for _ in range(throttling.PER_ACCOUNT + 1)
        ]
        assert answers == [303] * throttling.PER_ACCOUNT + [429]
    await asyncio.gather(*forgotten_password.under_way)
    assert (await known.log_in()).status_code == 303


async def test_the_page_speaks_english_too(firm: Firm) -> None:
    browser = firm.browser()
    await browser.post("/sprache", {"sprache": "en", "weiter": PAGE}, shown_at=PAGE)
    assert "Forgotten password" in (await browser.get(PAGE)).text
    assert "If there is an account with this address" in await asks(browser, "niemand@acme.example")
