"""A form counts only when one of our own pages showed it to this very session."""

import pytest

from ledger.roles import Role
from tests.api.pages.test_roles import fill, pages
from tests.fixtures.browsers import PASSWORD, Firm


async def test_no_form_counts_without_its_sessions_token(firm: Firm) -> None:
    admin, other = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    foreign = await other.token()
    before = await firm.rows("SELECT seq FROM audit_entries ORDER BY seq")
    for _, path in sorted(page for page in pages() if page[0] == "POST"):
        filled = fill(path.replace("{user}", str(other.user)))
        form = {"email": "neu@acme.example", "role": "viewer", "name": "x", "read": "1", "days": "1", "limit": "1"}
        for token in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "0" * 64}):
            answer = await admin.http.post(filled, data=form | token)
            assert (answer.status_code, "foreign_form" in answer.text) == (403, True), (path, token)
    assert await firm.rows("SELECT seq FROM audit_entries ORDER BY seq") == before
    assert await admin.is_in()


async def test_a_form_from_another_site_does_not_count_even_with_the_token(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    form = {"csrf": await admin.token()}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303)):
        answer = await admin.http.post("/logout", data=form, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status, site


async def test_a_login_form_counts_only_in_the_browser_that_was_shown_it(firm: Firm) -> None:
    member, attacker = await firm.member(Role.VIEWER), firm.browser()
    form = {"email": member.email, "password": PASSWORD}
    stolen = await attacker.token("/login")
    assert (await member.http.post("/login", data=form | {"csrf": stolen})).status_code == 403
    assert (await member.post("/login", form, shown_at="/login")).status_code == 303


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
async def test_what_is_no_form_is_refused(firm: Firm, kind: str) -> None:
    browser = firm.browser()
    answer = await browser.http.post("/login", content=b"csrf=1", headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"%", b"csrf=%ff%fe", b"csrf=1&csrf=2", b"a" * 100_000, b"&" * 5_000, b"csrf=%00"])
async def test_odd_forms_are_refused_like_foreign_ones(firm: Firm, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await firm.browser().http.post("/login", content=body, headers=kind)
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("cookie", ["", "x", "\x7f", "a" * 4000])
async def test_odd_cookies_are_nobody(firm: Firm, cookie: str) -> None:
    answer = await firm.browser().http.get("/admin", headers={"Cookie": f"partnerdesk={cookie}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?weiter=%2Fadmin")
