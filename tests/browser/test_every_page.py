"""Every page of the application, with real objects: nothing that axe or the console complains of, no scroll aside.

    PAGES_TO=docs/screenshots script/test tests/browser/test_every_page.py

keeps the pictures that the run takes anyway.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from ledger import clock
from ledger.access import users
from tests.api.pages.test_roles import pages
from tests.browser.desks import PHONE, WIDE, browsing, cookie_of
from tests.browser.firm import Month, personal_cookie
from tests.browser.pictures import keep
from tests.fixtures.premises import address

pytestmark = pytest.mark.long

_FILES = re.compile(r"\.(csv|pdf|zip|\{form\})$|/auskunft$|^/static/|^/p/belege/|/plan/\{version\}$")
_DETOURS = {"/", "/admin", "/admin/", "/admin/zahlungsanbieter/stripe"}
_AT_ONCE = 3


@dataclass(frozen=True)
class Shown:
    """A page to look at. `route` is the application's; `who` opens it."""

    name: str
    route: str
    at: str
    who: str = "admin"


def shown_of(month: Month, reset: str) -> Iterator[Shown]:
    """One or more addresses for each route that shows a page."""
    special: dict[str, list[Shown]] = {
        "/login": [Shown("anmelden", "/login", "/login", "nobody")],
        "/reset": [Shown("passwort-vergessen", "/reset", "/reset", "nobody")],
        "/reset/{token}": [Shown("passwort-setzen", "/reset/{token}", reset, "nobody")],
        "/p/{token}": [Shown("partner-link", "/p/{token}", month.link, "nobody")],
        "/p": [Shown("partner-seite", "/p", "/p", "partner")],
        "/second-factor": [Shown("zweiter-faktor", "/second-factor", "/second-factor")],
        "/admin/mandanten": [Shown("mandanten", "/admin/mandanten", "/admin/mandanten", "operator")],
        "/admin/auszahlungen/{number}": [
            Shown(f"auszahlung-{state}", "/admin/auszahlungen/{number}", f"/admin/auszahlungen/{number}")
            for state, number in month.numbers.items()
        ]
        + [
            Shown(
                "auszahlung-betrieb",
                "/admin/auszahlungen/{number}",
                f"/admin/auszahlungen/{month.numbers['awaiting_approval']}",
                "operator",
            )
        ],
    }
    today = clock.today()
    asked = {
        "/admin/monat": f"?monat={today:%Y-%m}",
        "/admin/suche": "?q=GS-",
        "/admin/berichte/stichtag": f"?tag={today}",
        "/admin/berichte/abstimmung": f"?monat={today:%Y-%m}",
        "/admin/berichte/steuer-13b": f"?monat={today:%Y-%m}",
    }
    for method, route in sorted(pages()):
        if method == "GET" and route not in _DETOURS and not route.startswith("/oauth/") and not _FILES.search(route):
            yield from special.get(route) or [
                Shown(_named(route), route, address(route, month.names) + asked.get(route, ""))
            ]


def _named(route: str) -> str:
    return re.sub(r"[{}]", "", route.removeprefix("/admin/").strip("/")).replace("/", "-").replace("_", "-")


async def _contexts(month: Month) -> dict[str, list[Any]]:
    return {
        "nobody": [],
        "admin": [await cookie_of(month.admin)],
        "operator": [await cookie_of(month.operator)],
        "partner": [await personal_cookie(month.shop, "ANNA")],
    }


_AXE = """
    async ([rules, without, impacts]) => {
        const found = await axe.run(document, {
            resultTypes: ["violations"], preload: false,
            ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}),
            rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
        });
        const where = (one) => one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ");
        return found.violations.filter((one) => impacts.includes(one.impact)).map((one) =>
            `${one.id} (${one.impact}): ${one.help}: ${where(one)}`);
    }
"""


# A page that renews itself under axe's hands would copy what axe leaves in it, and break its own policy.
_STILL = "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"


async def faults_of(page: Page, *, only: Sequence[str] = (), but: Sequence[str] = ()) -> list[str]:
    """What axe-core calls serious or critical."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE_SCRIPT)
    found: list[str] = await page.evaluate(_AXE, [list(only), list(but), ["serious", "critical"]])
    return found


@pytest.fixture(scope="module")
async def to_look_at(month: Month) -> list[Shown]:
    house = month.shop.house
    token = await users.make_link(
        house.ledger, house.settings.vault(), month.viewer.user, purpose="reset", actor="test"
    )
    return list(shown_of(month, f"/reset/{token.get_secret_value()}"))


async def _each(
    chromium: Chromium, month: Month, to_look_at: list[Shown], look: Callable[[Page, Shown], Any], **how: Any
) -> None:
    """Open each page in a browser of whom it belongs to, several at a time."""
    cookies = await _contexts(month)
    for who in cookies:
        waiting = [shown for shown in to_look_at if shown.who == who]
        if not waiting:
            continue
        async with browsing(chromium, month.shop.house, **how) as first:
            await first.context.add_cookies(cookies[who])
            await first.context.add_init_script(_STILL)
            if who == "operator":
                await first.goto("/admin/mandanten")
                row = first.get_by_role("row", name=month.shop.tenant.slug)
                await row.get_by_role("button").click()
                await first.wait_for_url("**/admin/heute")

            async def work(page: Page, waiting: list[Shown] = waiting) -> None:
                while waiting:
                    shown = waiting.pop(0)
                    answer = await page.goto(shown.at)
                    if answer is not None and answer.status == 503:  # no connection in time, on a machine full of tests
                        answer = await page.goto(shown.at)
                    assert answer is not None
                    assert answer.status == 200, (shown, answer.status)
                    assert page.url.endswith(shown.at), (shown, page.url)
                    await look(page, shown)

            more = [await first.context.new_page() for _ in range(min(_AT_ONCE, len(waiting)) - 1)]
            await asyncio.gather(*(work(page) for page in (first, *more)))


_TOO_WIDE = """
    () => {
        const wide = innerWidth;
        if (document.documentElement.scrollWidth <= wide) return [];
        const outside = [...document.querySelectorAll("body *")].filter((one) =>
            one.getBoundingClientRect().right > wide + 1 && !one.closest(".scroll, pre, .unseen, .skip"));
        return [document.documentElement.scrollWidth, ...outside.slice(-3).map((one) => one.outerHTML.slice(0, 160))];
    }
"""
IN_DARK = {"uebersicht", "auszahlung-paid", "freigaben"}
ON_A_PHONE = {"heute", "auszahlung-paid", "partner-seite"}
IN_ENGLISH = {"heute", "auszahlung-awaiting_approval"}


async def test_every_page_in_german_light_dark_and_on_a_phone(
    chromium: Chromium, month: Month, to_look_at: list[Shown]
) -> None:
    faults: list[str] = []
    seen: set[str] = set()

    async def look(page: Page, shown: Shown) -> None:
        assert await page.get_attribute("html", "lang") == "de", shown
        seen.add(shown.name)
        await keep(page, shown.name)
        faults.extend(f"{shown.name}: {fault}" for fault in await faults_of(page))
        await page.emulate_media(color_scheme="dark")
        faults.extend(f"{shown.name}, dark: {fault}" for fault in await faults_of(page, only=["color-contrast"]))
        if shown.name in IN_DARK:
            await keep(page, f"{shown.name}-dunkel")
        await page.emulate_media(color_scheme="light")
        faults.extend(f"{shown.name}: too wide: {one}" for one in await page.evaluate(_TOO_WIDE))
        await page.set_viewport_size(PHONE)
        faults.extend(f"{shown.name}, phone: too wide: {one}" for one in await page.evaluate(_TOO_WIDE))
        if shown.name in ON_A_PHONE:
            await keep(page, f"{shown.name}-telefon")
        await page.set_viewport_size(WIDE)

    await _each(chromium, month, to_look_at, look)
    assert not faults, "\n".join(faults)
    assert seen >= IN_DARK | ON_A_PHONE | IN_ENGLISH


async def test_every_page_in_english(chromium: Chromium, month: Month, to_look_at: list[Shown]) -> None:
    faults: list[str] = []

    async def look(page: Page, shown: Shown) -> None:
        assert await page.get_attribute("html", "lang") == "en", shown
        if shown.name in IN_ENGLISH:
            await keep(page, f"{shown.name}-english")
        # Colours know no language, and looking at them is what takes longest.
        faults.extend(f"{shown.name}: {fault}" for fault in await faults_of(page, but=["color-contrast"]))

    await _each(chromium, month, to_look_at, look, locale="en-GB")
    assert not faults, "\n".join(faults)
