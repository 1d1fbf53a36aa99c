"""A full run with every kind of secret; afterwards none of them is in a log, a history or a table.

The product runs as it does at work: API and worker as processes of their own, their logs in files, at their chattiest.
"""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from schwifty import IBAN
from temporalio.client import Client

from engine.plugin import plugin
from ledger.access import memberships, users
from ledger.database import Ledger
from ledger.roles import Role
from sandbox.stack import Ports, Stack
from settings import Settings
from tests.fixtures.browsers import PASSWORD, Browser, key_in, link_in
from tests.fixtures.consent import decide
from tests.fixtures.house import House, Shop, until
from tests.fixtures.unhurried import ANSWER_S
from tests.security.leaks import SHORTEST, forms_of, in_histories, in_logs, in_tables, kept_encrypted, leaks

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
_IBAN = re.compile(r"<IBAN>([A-Z0-9]+)</IBAN>")
_PAGE = "/admin/zahlungsanbieter/lexoffice"


class Chrome(Browser):
    """The same browser, over a socket."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=ANSWER_S, trust_env=False)
        self.user, self.email, self.secret = None, "", ""


@dataclass
class Run:
    """One installation at work, and every secret that was used there."""

    house: House
    stack: Stack
    superuser: asyncpg.Connection
    exits: AsyncExitStack
    secrets: dict[str, str] = field(default_factory=dict)

    def note(self, **named: str) -> None:
        for name, secret in named.items():
            assert len(secret) >= SHORTEST, name
            self.secrets[f"{name} {len(self.secrets)}"] = secret

    async def note_what_lies_encrypted(self) -> None:
        """Tokens come and go: whatever is there now was used."""
        for name, secret in (await kept_encrypted(self.superuser, self.house.settings.vault())).items():
            if secret not in self.secrets.values():
                self.secrets[f"{name} {len(self.secrets)}"] = secret


@pytest.fixture(scope="module")
async def run(temporal_cli: Path, stack_state: Path) -> AsyncIterator[Run]:
    quick = {
        "PARTNERDESK_LOG_LEVEL": "debug",
        "PARTNERDESK_QUIET_SECONDS": "0.2",
        "PARTNERDESK_LOOK_AGAIN_SECONDS": "0.3,0.6",
        "PARTNERDESK_REQUEST_SECONDS": "20",
    }
    async with AsyncExitStack() as exits:
        stack = await exits.enter_async_context(
            Stack(
                stack_state / "secrets",
                Ports.free(),
                emit=lambda _: None,
                durable=False,
                requests_per_second=50,
                lexoffice_options=["--key-bits", "2048", "--time-scale", "0.001"],
                environment=quick,
            )
        )
        environment, where = stack.addresses.environment, stack.addresses
        settings = Settings(
            database_url=environment["PARTNERDESK_DATABASE_URL"],
            secret_key=environment["PARTNERDESK_SECRET_KEY"],
            public_url=environment["PARTNERDESK_PUBLIC_URL"],
            lexoffice_base_url=where.lexoffice.base_url,
            lexoffice_app_url=where.lexoffice.app_url,
        )
        ledger = await Ledger.open(settings.database_url.get_secret_value(), most_connections=3)
        exits.push_async_callback(ledger.close)
        engine = await Client.connect(where.temporal.address, namespace=where.temporal.namespace, plugins=[plugin()])
        http = await exits.enter_async_context(httpx.AsyncClient(timeout=ANSWER_S, trust_env=False))
        admin_url, app_url = where.postgres.admin_url, where.postgres.app_url
        superuser = await asyncpg.connect(f"{admin_url.rpartition('/')[0]}/{app_url.rpartition('/')[2]}")
        exits.push_async_callback(superuser.close)
        house = House(where.api_url, settings, ledger, engine, where.lexoffice, http)
        found = Run(house, stack, superuser, exits)
        found.note(
            secret_key=environment["PARTNERDESK_SECRET_KEY"],
            oauth_client_secret=environment["LEXOFFICE_OAUTH_CLIENT_SECRET"],
            app_password=str(urlsplit(app_url).password),
            owner_password=str(urlsplit(where.postgres.owner_url).password),
            superuser_password=str(urlsplit(admin_url).password),
        )
        yield found


async def test_a_full_run_leaves_no_secret_in_logs_histories_or_tables(run: Run) -> None:
    by_key = await a_shop_with_a_key(run)
    by_oauth = await a_shop_with_oauth(run)
    for shop in (by_key, by_oauth):
        payout = await shop.open_payout()
        await bank_file(run, shop, payout["number"])
        await run.note_what_lies_encrypted()
        await shop.click(payout["credit_note_id"], "mark-paid")
        await shop.payout_when(payout["number"], "paid")
        await shop.events_ended(payout["credit_note_id"])
    await bank_details_change(run, by_key)
    await carelessness(run, by_key)
    await run.note_what_lies_encrypted()

    assert len(run.secrets) > 40
    used = {name.partition(" ")[0].partition(".")[0] for name in run.secrets}
    assert {
        "api_key",
        "lexoffice_key",
        "password",
        "session",
        "totp",
        "iban",
        "webhook_token",
        "signing_secret",
    } <= used
    assert {"authorization_code", "oauth_state", "reset_link", "subscription_token", "csrf"} <= used
    searched = await places(run)
    assert sum(place.startswith("history payout") for place, _ in searched) >= 2
    assert leaks(run.secrets, searched) == []


async def test_a_secret_that_leaks_is_found_in_whatever_form(run: Run) -> None:
    """The measure itself: planted secrets are found in each of the three places."""
    planted = {form: secrets.token_urlsafe(24) for form in ("log", "table", "history")}
    encoded = forms_of(planted["log"])["base64url, 2 on"].decode()
    with (run.stack.addresses.state / "worker.log").open("a") as log:
        log.write(f"careless: {encoded}\n")
    tenant = await run.superuser.fetchval(
        "INSERT INTO tenants (slug, name) VALUES ($1, $2) RETURNING id", f"t-{secrets.token_hex(6)}", planted["table"]
    )
    handle = await run.house.engine.start_workflow(
        "Careless", {"token": planted["history"]}, id=f"careless/{secrets.token_hex(4)}", task_queue="nobody"
    )
    try:
        found = leaks(planted, await places(run))
    finally:
        await handle.terminate()
        await run.superuser.execute("DELETE FROM tenants WHERE id = $1", tenant)
    assert [leak for leak in found if leak.startswith("log (base64url, 2 on) in log worker.log")]
    assert [leak for leak in found if leak == "table (plain) in table tenants"]
    assert [leak for leak in found if leak == "history (plain) in history careless"]


async def places(run: Run) -> list[tuple[str, bytes]]:
    found = [
        *in_logs(run.stack.addresses.state),
        *await in_histories(run.house.engine),
        *await in_tables(run.superuser),
    ]
    assert sum(place.startswith("log ") for place, _ in found) >= 3
    return found


# What is done with secrets


async def a_shop_with_a_key(run: Run) -> Shop:
    shop = await run.house.shop(connected=False)
    note_shop(run, shop)
    assert (await shop.call("PUT", "/providers/lexoffice", {"api_key": "falsch-" + shop.api_key})).status_code >= 400
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key, "effective_from": "2026-01-01"})
    # Subscriptions of our own, each with a token in its address that lexoffice calls and that we have minted.
    await shop.api("POST", "/providers/lexoffice/subscriptions")
    addresses = await until(lambda: subscribed(shop), lambda found: len(found) >= 6, "six subscriptions")
    for address in addresses:
        run.note(subscription_token=parse_qs(urlsplit(address).query)["token"][0])
    await shop.partners()
    return shop


async def subscribed(shop: Shop) -> list[str]:
    answer = await shop.house.http.get(
        f"{shop.house.lexoffice.base_url}/v1/event-subscriptions", headers={"Authorization": f"Bearer {shop.api_key}"}
    )
    return [one["callbackUrl"] for one in answer.json()["content"]]


async def a_shop_with_oauth(run: Run) -> Shop:
    shop = await run.house.shop(connected=False)
    note_shop(run, shop)
    admin = await an_admin(run, shop)
    consent = (await admin.get("/oauth/lexoffice/start")).headers["Location"]
    back = await decide(consent, shop.organization)
    run.note(
        oauth_state=parse_qs(urlsplit(back).query)["state"][0],
        authorization_code=parse_qs(urlsplit(back).query)["code"][0],
    )
    assert (await admin.http.get(back)).status_code == 303
    await run.note_what_lies_encrypted()
    await shop.api("PUT", "/providers/lexoffice", {"effective_from": "2026-01-01"})
    url = f"{run.house.api_url}/api/webhooks/{shop.tenant.slug}/lexoffice?token={shop.token}"
    for event_type in ("invoice.status.changed", "payment.changed", "credit-note.status.changed"):
        await shop.subscribe(event_type, url)
    # Tokens end early: one is refreshed under way, and the next pair is a secret, too.
    await shop.hook("POST", "oauth-tokens/access/end")
    await shop.partners()
    run.note(csrf=await admin.token(_PAGE))
    page = await admin.post(f"{_PAGE}/token", shown_at=_PAGE)
    assert page.status_code == 200
    made = await admin.post("/admin/schluessel", {"name": "Kasse", "read": "1", "days": "30"})
    run.note(api_key=key_in(made), api_key_secret=key_in(made).split("_", 2)[2])
    invited = await admin.post(
        "/admin/benutzer", {"email": f"{secrets.token_hex(5)}@acme.example", "role": "viewer", "name": "Gast"}
    )
    run.note(invite_link=link_in(invited).rpartition("/")[2])
    assert (await admin.post("/logout", {"everywhere": "1"})).status_code == 303
    return shop


async def an_admin(run: Run, shop: Shop) -> Chrome:
    """Let in by a link, with a password and a second factor of the own."""
    ledger, vault = run.house.ledger, run.house.settings.vault()
    browser = Chrome(run.house.api_url)
    run.exits.push_async_callback(browser.http.aclose)
    browser.email = f"admin-{secrets.token_hex(5)}@acme.example"
    browser.user, _ = await users.add(ledger, browser.email)
    async with ledger.transaction(shop.tenant, person=browser.user) as tx:
        await memberships.add(tx, browser.user, Role.ADMIN, by=None, actor="test")
    link = (await users.make_link(ledger, vault, browser.user, purpose="reset", actor="test")).get_secret_value()
    password = f"{PASSWORD} {secrets.token_hex(6)}"
    run.note(reset_link=link, password=password)
    wanted = {"new": password, "repeated": password}
    assert (await browser.post(f"/reset/{link}", wanted, shown_at=f"/reset/{link}")).status_code == 303
    # A password in the field for the address happens to everybody.
    careless = {"email": password, "password": browser.email}
    assert (await browser.post("/login", careless, shown_at="/login")).status_code == 401
    assert (await browser.log_in(password=password)).status_code == 303
    run.note(session=browser.http.cookies["partnerdesk"])
    assert (await browser.enrol()).status_code == 303
    run.note(session=browser.http.cookies["partnerdesk"], totp=browser.secret)
    return browser


def note_shop(run: Run, shop: Shop) -> None:
    for key in shop.keys.values():
        run.note(api_key=key, api_key_secret=key.split("_", 2)[2])
    run.note(lexoffice_key=shop.api_key, webhook_token=shop.token, signing_secret=shop.signing_secret)


async def bank_file(run: Run, shop: Shop, number: str) -> None:
    """The one thing that must hold whole IBANs: it is kept encrypted, and leaves by download alone."""
    own = str(IBAN.generate("DE", bank_code="37040044", account_code=f"{secrets.randbelow(10**10):010}"))
    run.note(own_iban=own)
    account = await shop.api("POST", "/bank-accounts", {"account_holder": "Firma", "iban": own})
    await shop.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
    made = await shop.api("POST", "/bank-runs", {"payouts": [number]})
    approval = {"content_hash": made["content_hash"]}
    await shop.api("POST", f"/bank-runs/{made['number']}/approve", approval, key="approve")
    file = await shop.call("POST", f"/bank-runs/{made['number']}/file")
    assert (file.status_code, own in file.text) == (200, True), file.text
    run.note(**{f"iban_in_the_file_{n}": iban for n, iban in enumerate(_IBAN.findall(file.text))})


async def bank_details_change(run: Run, shop: Shop) -> None:
    for account in ("0123456789", "9876543210"):
        iban = str(IBAN.generate("DE", bank_code="12030000", account_code=account))
        run.note(iban=iban, iban_spaced=f"{iban[:4]} {iban[4:8]} {iban[8:12]}", account=account)
        saved = {"account_holder": "Partner ANNA", "iban": iban}
        await shop.api("PUT", "/partners/ANNA/bank-details", saved)
    mistyped = f"{iban[:2]}00{iban[4:]}"
    run.note(mistyped_iban=mistyped)
    refused = await shop.call(
        "PUT", "/partners/ANNA/bank-details", {"account_holder": "A", "iban": mistyped}, **{"Idempotency-Key": "x"}
    )
    assert refused.status_code == 422


async def carelessness(run: Run, shop: Shop) -> None:
    """Secrets in places where they do not belong: our logs must not take them over."""
    key, url, http = shop.keys["write"], run.house.api_url, shop.house.http
    await http.get(f"{url}/api/v1/me", params={"key": key, "token": shop.token})
    await http.get(f"{url}/api/v1/{key}/{shop.token}")
    await http.get(f"{url}/{key}", headers={"User-Agent": key, "X-Request-Id": f"{shop.token}!", "Referer": shop.token})
    await http.post(f"{url}/api/webhooks/{shop.tenant.slug}/lexoffice?token={shop.token}", content=b"{")
    await http.post(f"{url}/api/webhooks/{shop.token}/stripe", content=shop.signing_secret)
    await http.post(f"{url}/api/v1/partners", content=key, headers={"X-API-Key": key})
    short = secrets.token_hex(12)
    run.note(in_a_wrong_place=short)
    await shop.call("POST", "/payouts", {"partner": short})
    await shop.call("GET", f"/partners/{short}")
    await shop.call("POST", "/partners", {"code": short, "name": "A", "sponsor_code": short})
    await shop.call("GET", f"/events?resource={shop.token}%00")
    await shop.call("PUT", "/providers/stripe", {"signing_secret": shop.signing_secret, "another": shop.token})
