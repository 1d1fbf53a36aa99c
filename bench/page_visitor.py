"""The API as a process of its own over filled books, and who asks it: an admin, a machine with a key, a partner."""

import os
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from bench.rig import Stuck
from ledger.access import api_keys, memberships, tenants, totp, users
from ledger.booking import reconnection
from ledger.connections.connecting import LexofficeAccount
from ledger.database import Ledger
from ledger.programme import partner_links, partners
from ledger.roles import Role
from ledger.types import Tenant, UserId
from ledger.vault import Vault
from sandbox.postgres import PostgresAddresses
from sandbox.processes import LOOPBACK, free_port
from sandbox.stack import Partnerdesk

_PASSWORD = "vier bunte Pferde im Regen"
_EMAIL = "admin@books.example"
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")


@asynccontextmanager
async def serving(postgres: PostgresAddresses, secret_key: str, state: Path) -> AsyncIterator[tuple[str, int]]:
    """Address and process id. No engine: pages do not need one."""
    port = free_port()
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PARTNERDESK_", "LEXOFFICE_"))
    }
    environment = {
        **inherited,
        "PARTNERDESK_DATABASE_URL": postgres.app_url,
        "PARTNERDESK_SECRET_KEY": secret_key,
        "PARTNERDESK_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "PARTNERDESK_OPERATORS_DOORS": "1",
        "PARTNERDESK_LOG_LEVEL": "info",
        "TEMPORAL_ADDRESS": f"{LOOPBACK}:{free_port()}",
    }
    # Alive is enough: ready is only who has an engine.
    alive = f"http://{LOOPBACK}:{port}/healthz"
    api = Partnerdesk("api", ["api", "--port", str(port)], alive, state / "api.log", environment)
    await api.serve()
    try:
        yield f"http://{LOOPBACK}:{port}", api.process.pid
    finally:
        await api.stop()


async def open_tenant(ledger: Ledger, vault: Vault, slug: str, *, person: UserId | None = None) -> Tenant:
    """Connected to an account that is nowhere; with an admin, where one is named."""
    tenant = await tenants.create(ledger, slug, f"{slug} GmbH", actor="bench")
    account = LexofficeAccount(
        organization_id=uuid4(),
        connection_id=uuid4(),
        company_name=f"{slug} GmbH",
        tax_type="net",
        small_business=False,
        profile={},
    )
    async with ledger.transaction(tenant) as tx:
        await reconnection.save_key(tx, vault, api_key=f"bench-{secrets.token_hex(12)}", account=account, actor="bench")
        if person is not None:
            await memberships.add(tx, person, Role.ADMIN, by=None, actor="bench")
    return tenant


async def make_person(ledger: Ledger) -> UserId:
    person, _ = await users.add(ledger, _EMAIL, name="Alex Admin")
    await users.set_password(ledger, person, _PASSWORD)
    return person


@dataclass(frozen=True)
class Visitors:
    """One client each, one request at a time."""

    admin: httpx.AsyncClient
    machine: httpx.AsyncClient
    partner: httpx.AsyncClient

    def of(self, route: str) -> httpx.AsyncClient:
        if route.startswith("/api/"):
            return self.machine
        return self.partner if route == "/p" else self.admin


@asynccontextmanager
async def visiting(address: str, ledger: Ledger, vault: Vault, tenant: Tenant) -> AsyncIterator[Visitors]:
    """Logged in with password and second factor, through the doors that everybody uses."""
    async with ledger.transaction(tenant) as tx:
        key = await api_keys.create_api_key(
            tx, vault, api_keys.WantedKey(name="bench", scopes=("read", "approve", "bank")), actor="bench"
        )
        seller = await partners.find_by_code(tx, "P00001")
        assert seller is not None
        link = (await partner_links.make(tx, vault, seller.id, by="bench")).get_secret_value()
    async with (
        httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as admin,
        httpx.AsyncClient(
            base_url=address, timeout=120, trust_env=False, headers={"X-API-Key": key.key.get_secret_value()}
        ) as machine,
        httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as partner,
    ):
        await _post(admin, "/login", {"email": _EMAIL, "password": _PASSWORD, "weiter": ""})
        found = _SECRET.search((await admin.get("/second-factor")).text)
        if found is None:
            raise Stuck("the page of the second factor shows no secret")
        await _post(admin, "/second-factor", {"code": totp.code_of(found[1], at=time.time()), "weiter": ""})
        await _post(partner, f"/p/{link}", {})
        yield Visitors(admin, machine, partner)


async def _post(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> None:
    shown = _TOKEN.search((await client.get(path)).text)
    if shown is None:
        raise Stuck(f"{path} shows no form")
    answer = await client.post(path, data={"csrf": shown[1], **form})
    if answer.status_code != 303:
        raise Stuck(f"{path} answered {answer.status_code}")
