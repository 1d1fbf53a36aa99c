"""The product, running: API and worker over the real parts, and tenants who use it through its public doors.

Times are scaled by settings, never slept away: quiet 0.2 s, another look after 0.3 and 0.6 s, unclear outcomes 2 s.
"""

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import httpx
import uvicorn
from cryptography.fernet import Fernet
from schwifty import IBAN
from temporalio.client import Client, WorkflowHandle

import worker
from api.app import create_app
from api.engine import connect
from api.logs import configure_logs
from ledger import credentials, tenants
from ledger.database import Ledger
from ledger.types import Tenant
from lexoffice.webhook import SUBSCRIBED
from sandbox.demo_office import LEVELS
from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.processes import free_port
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.conftest import Database
from tests.mail.postbox import Postbox
from workflows.messages import document_workflow_id, payout_workflow_id

Seen = TypeVar("Seen")
# Shorter than the server's, which may close a connection in the very moment in which it is used again.
SHORT_KEEP_ALIVE = httpx.Limits(keepalive_expiry=2)
# Only a failure waits this long; four processes share two cores.
PATIENCE_S = 60.0


async def until(
    look: Callable[[], Awaitable[Seen]],
    reached: Callable[[Seen], bool],
    what: str = "a state",
    *,
    patience: float = PATIENCE_S,
) -> Seen:
    """Look again until it is so. Fails with what was last seen, after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        seen = await look()
        if reached(seen):
            return seen
        assert time.monotonic() < deadline, f"{what} was not reached; last seen: {seen}"
        await asyncio.sleep(0.05)


@dataclass
class House:
    """One product for the session. Each test opens a shop of its own."""

    api_url: str
    settings: Settings
    ledger: Ledger
    engine: Client
    lexoffice: LexofficeAddresses
    http: httpx.AsyncClient
    postbox: Postbox | None = None
    """Where the mails of the session's product arrive."""

    async def shop(
        self,
        *,
        dialect: str = "lexoffice",
        connected: bool = True,
        slug: str = "",
        name: str = "",
        **organization: Any,
    ) -> "Shop":
        """A fresh tenant with its own account in lexoffice, keys for its API, and a webhook that lexoffice calls."""
        slug = slug or f"t-{secrets.token_hex(6)}"
        name = name or f"Firma {slug}"
        tenant = await tenants.create(
            self.ledger,
            slug,
            name,
            actor="test",
            address=tenants.TenantAddress(
                street="Marktplatz 1", zip="20095", city="Hamburg", country_code="DE", vat_id="DE123456789"
            ),
            is_demo=True,
        )
        keys = {}
        async with self.ledger.transaction(tenant) as db:
            for name, scopes in (("write", ("read", "write", "bank")), ("approve", ("read", "approve", "bank"))):
                made = await credentials.create_api_key(
                    db, tenant, self.settings.vault(), name=name, scopes=scopes, actor="test"
                )
                keys[name] = made.key.get_secret_value()
        shop = Shop(house=self, tenant=tenant, keys=keys, dialect=dialect)
        account = await shop.office("POST", "/sandbox/organizations", _organization(name, dialect) | organization)
        shop.organization, shop.api_key = account["organizationId"], account["apiKey"]
        await shop.api("PUT", "/providers/stripe", {"signing_secret": shop.signing_secret})
        await shop.api("PUT", "/providers/lexoffice", {"webhook_token": shop.token})
        if connected:
            await shop.connect()
        return shop


def _organization(name: str, dialect: str) -> dict[str, Any]:
    patterns = {"invoice": "RE-{year}-{number:04d}", "credit-note": "GS-{year}-{number:04d}"}
    return {"name": name, "rate": 0, "dialect": dialect, "numberPatterns": patterns}


@dataclass
class Shop:
    """A tenant, the people who work for it, and its customers."""

    house: House
    tenant: Tenant
    keys: dict[str, str]
    dialect: str
    organization: str = ""
    api_key: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    signing_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(16)}")

    # Doors of ours

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str = "write", **headers: str
    ) -> httpx.Response:
        """The JSON API, refusals included."""
        return await self.house.http.request(
            method,
            f"{self.house.api_url}/api/v1{path}",
            json=body,
            headers={"X-API-Key": self.keys[key], **headers},
        )

    async def api(self, method: str, path: str, body: Any = None, *, key: str = "write") -> Any:
        """The JSON API, as a caller who asks again while it is busy (503) and cannot do anything twice."""
        once = {"Idempotency-Key": secrets.token_hex(8)} if method == "POST" else {}

        async def ask() -> httpx.Response:
            return await self.call(method, path, body, key=key, **once)

        answer = await until(ask, lambda answer: answer.status_code != 503, f"an answer to {method} {path}")
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def notify(self, event: Mapping[str, Any] | bytes, **headers: str) -> httpx.Response:
        """What lexoffice, or a relay of it, sends to our webhook."""
        return await self.house.http.post(
            f"{self.house.api_url}/api/webhooks/{self.tenant.slug}/lexoffice",
            content=event if isinstance(event, bytes) else json.dumps(event),
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    async def stripe_says(self, type: str, object: Mapping[str, Any], **members: Any) -> httpx.Response:
        """An event of Stripe, signed as Stripe signs."""
        event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": type, "created": int(time.time())}
        body = json.dumps(event | {"livemode": False, "data": {"object": object}} | members)
        stamp = int(time.time())
        signature = hmac.new(self.signing_secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        return await self.house.http.post(
            f"{self.house.api_url}/api/webhooks/{self.tenant.slug}/stripe",
            content=body,
            headers={"Stripe-Signature": f"t={stamp},v1={signature}"},
        )

    # lexoffice

    async def office(self, method: str, path: str, body: Any = None) -> Any:
        """A person's click, or a hook of the sandbox."""
        answer = await self.house.http.request(method, f"{self.house.lexoffice.app_url}{path}", json=body)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def hook(self, method: str, path: str, body: Any = None) -> Any:
        return await self.office(method, f"/sandbox/organizations/{self.organization}/{path}", body)

    async def write_invoice(
        self, net: str = "1000.00", *, customer: str = "Kunde AG", **members: Any
    ) -> dict[str, Any]:
        invoice: dict[str, Any] = await self.hook("POST", "invoices", {"customer": customer, "net": net} | members)
        return invoice

    async def click(self, document: str, what: str, **members: Any) -> dict[str, Any]:
        """finalize, pay, mark-paid, unpay, void, cancel, reopen, delete, edit."""
        clicked: dict[str, Any] = await self.office("POST", f"/sandbox/documents/{document}/{what}", members)
        return clicked

    async def calls(self) -> dict[str, int]:
        """How often lexoffice was called since the last `forget_calls`, by method and route, whatever it answered."""
        counts = (await self.hook("GET", "calls"))["counts"]
        return {route: sum(by_status.values()) for route, by_status in counts.items()}

    async def forget_calls(self) -> None:
        await self.hook("DELETE", "calls")

    async def connect(self) -> None:
        """Save the API key, and let lexoffice notify us in the shop's dialect."""
        await self.api("PUT", "/providers/lexoffice", {"api_key": self.api_key, "effective_from": "2026-01-01"})
        url = f"{self.house.api_url}/api/webhooks/{self.tenant.slug}/lexoffice"
        if self.dialect == "chapter":
            await self.hook("PUT", "webhook", {"url": url, "token": self.token, "tokenVia": "bearer"})
        else:
            for event_type in SUBSCRIBED:
                await self.subscribe(event_type, f"{url}?token={self.token}")
        await self.forget_calls()

    async def subscribe(self, event_type: str, url: str) -> None:
        answer = await self.house.http.post(
            f"{self.house.lexoffice.base_url}/v1/event-subscriptions",
            json={"eventType": event_type, "callbackUrl": url},
            headers={"Authorization": f"Bearer {self.api_key}"},
        )
        assert answer.status_code == 201, answer.text

    # What is usually there

    async def partners(self, *codes: str, **members: Any) -> None:
        """Partners, each the sponsor of the next, fit to be paid; and a campaign that pays three levels."""
        await self.api("POST", "/campaigns", {"slug": "herbst", "name": "Herbst"})
        await self.api("POST", "/campaigns/herbst/plans", {"levels": LEVELS})
        sponsor = None
        for code in codes or ("CLARA", "BERND", "ANNA"):
            await self.partner(code, sponsor_code=sponsor, **members)
            sponsor = code

    async def partner(self, code: str, *, status: str = "regular", **members: Any) -> None:
        address = {"street": "Lindenweg 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}
        await self.api("POST", "/partners", {"code": code, "name": f"Partner {code}", **address, **members})
        confirmed = {"confirmed_year": 2026} if status == "small_business" else {}
        await self.api(
            "POST",
            f"/partners/{code}/tax-statuses",
            {"status": status, "valid_from": "2020-01-01", "vat_id": "DE987654321", **confirmed},
        )
        await self.api(
            "POST",
            f"/partners/{code}/agreement",
            {"version": "2026-01", "accepted_at": "2026-01-02T09:00:00+01:00"},
        )
        number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big") % 10**10
        iban = IBAN.generate("DE", bank_code="12030000", account_code=f"{number:010}")
        account = await self.api(
            "PUT",
            f"/partners/{code}/bank-details",
            {"account_holder": f"Partner {code}", "iban": str(iban)},
        )
        await self.api("POST", f"/partners/{code}/bank-details/confirm", {"account": account["id"]}, key="approve")

    async def sale(self, *, partner: str | None = "ANNA", gross: int = 119_000, tax: int | None = 19_000) -> str:
        """A paid checkout at Stripe. Returns its payment intent."""
        payment_intent = f"pi_{secrets.token_hex(12)}"
        session: dict[str, Any] = {
            "id": f"cs_{secrets.token_hex(12)}",
            "payment_intent": payment_intent,
            "payment_status": "paid",
            "client_reference_id": partner,
            "currency": "eur",
            "amount_total": gross,
            "customer_details": {"email": f"{uuid4().hex[:8]}@kunde.example", "name": "Kunde AG"},
        }
        if tax is not None:
            session["total_details"] = {"amount_tax": tax}
        answer = await self.stripe_says("checkout.session.completed", session)
        assert answer.status_code == 200, answer.text
        return payment_intent

    async def approved_sale(self, **members: Any) -> dict[str, Any]:
        """A sale whose invoice is written and paid. Returns the transaction."""
        payment_intent = await self.sale(**members)
        invoice = await self.write_invoice(remark=f"Bestellung: {payment_intent}")
        await self.click(invoice["id"], "pay")
        return await self.transaction(payment_intent, lambda sale: sale["state"] == "approved")

    async def payout(self, *, partner: str = "ANNA") -> dict[str, Any]:
        """A payout that awaits approval, with a sale behind it."""
        await self.approved_sale()
        requested: dict[str, Any] = await self.api("POST", "/payouts", {"partner": partner})
        return requested

    async def approve(self, payout: Mapping[str, Any]) -> None:
        await self.api(
            "POST",
            f"/payouts/{payout['number']}/approve",
            {"content_hash": payout["content_hash"]},
            key="approve",
        )

    async def open_payout(self) -> dict[str, Any]:
        """A payout whose credit note is there and waits to be paid."""
        payout = await self.payout()
        await self.approve(payout)
        return await self.payout_when(payout["number"], "credit_note_open")

    # What has become of things

    async def transaction(
        self, payment_intent: str, reached: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            rows = (await self.api("GET", "/transactions?limit=100"))["items"]
            found = next((row for row in rows if row["payment_intent"] == payment_intent), None)
            return await self.api("GET", f"/transactions/{found['id']}") if found else None

        seen = await until(look, lambda sale: sale is not None and reached(sale), f"the sale {payment_intent}")
        assert seen is not None
        return seen

    async def payout_when(self, number: str, state: str) -> dict[str, Any]:
        seen: dict[str, Any] = await until(
            lambda: self.api("GET", f"/payouts/{number}"), lambda payout: payout["state"] == state, f"{number} {state}"
        )
        return seen

    async def events(self, resource_id: str | None = None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.api("GET", "/events?limit=100"))["items"]
        return [row for row in rows if resource_id in (None, row["resource_id"])]

    async def events_ended(self, resource_id: str) -> list[dict[str, Any]]:
        """The events about this document, once none is under way any more; newest first."""
        return await until(
            lambda: self.events(resource_id),
            lambda rows: bool(rows) and all(row["state"] not in ("received",) for row in rows),
            f"the events of {resource_id}",
        )

    async def tasks(self, kind: str | None = None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.api("GET", "/tasks?limit=100"))["items"]
        return [row for row in rows if kind in (None, row["kind"])]

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """What the ledger holds, as the application's role sees it. `$1` is the first of `args`."""
        async with self.house.ledger.transaction(self.tenant) as db:
            return await db.fetch(sql, *args)

    def payout_workflow(self, number: str) -> WorkflowHandle[Any, Any]:
        return self.house.engine.get_workflow_handle(payout_workflow_id(self.tenant, number))

    def document_workflow(self, resource_id: str) -> WorkflowHandle[Any, Any]:
        return self.house.engine.get_workflow_handle(document_workflow_id(self.tenant, resource_id))


@asynccontextmanager
async def running(
    database: Database,
    temporal: TemporalAddresses,
    lexoffice: LexofficeAddresses,
    *,
    staffed: bool = True,
    **settings: Any,
) -> AsyncIterator[House]:
    """API and worker in this process, over the real parts; the API alone where it is not `staffed`."""
    port = free_port()
    chosen_settings: dict[str, Any] = {
        "lexoffice_pace": 0,
        "quiet_seconds": 0.2,
        "look_again_seconds": (0.3, 0.6),
        "unclear_outcome_seconds": 2.0,
        "handover_after_seconds": 1.0,
        "sweep_every_seconds": 86_400,  # a test asks for its sweeps itself
        "log_level": "error",
    } | settings
    chosen = Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url=f"http://127.0.0.1:{port}",
        lexoffice_base_url=lexoffice.base_url,
        lexoffice_app_url=lexoffice.app_url,
        lexoffice_public_key_url=lexoffice.public_key_url,
        **chosen_settings,
    )
    configure_logs(chosen.log_format, chosen.log_level)
    os.environ["TEMPORAL_ADDRESS"], os.environ["TEMPORAL_NAMESPACE"] = temporal.address, temporal.namespace
    async with AsyncExitStack() as stack:
        client = await connect()
        hands = await stack.enter_async_context(worker.hands_of(chosen))
        for each in worker.workers(client, hands) if staffed else ():
            await stack.enter_async_context(each)
        server = uvicorn.Server(
            uvicorn.Config(create_app(chosen), host="127.0.0.1", port=port, log_config=None, access_log=False)
        )
        serving = asyncio.create_task(server._serve())

        async def stop() -> None:
            server.should_exit = True
            await serving

        stack.push_async_callback(stop)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False, limits=SHORT_KEEP_ALIVE))
        house = House(
            api_url=chosen.public_url,
            settings=chosen,
            ledger=hands.ledger,
            engine=client,
            lexoffice=lexoffice,
            http=http,
        )
        await until(lambda: asyncio.sleep(0, server.started), bool, "the API's start")
        yield house
