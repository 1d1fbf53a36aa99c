"""The whole product on its real parts, and what a bench needs to reach into them."""

import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from temporalio.client import Client

from activities.gateway.lexoffice_gateway import LexofficeDoor
from bench.tenancy import BenchTenant, open_tenant
from engine.plugin import plugin
from ledger.database import Ledger
from ledger.vault import Vault
from sandbox.postgres import DATABASE
from sandbox.processes import StackError
from sandbox.stack import DEV, Ports, Shape, Stack
from sandbox.temporal_cluster import TemporalCluster

UNLIMITED_STARTS = 100_000.0
"""Of the engine's rate per tenant: with the pace 0 no limit of the API is felt."""


def say(text: str) -> None:
    """Progress goes to standard error; standard output holds the figures only."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Rig:
    """A running stack. `watcher` sees every tenant's rows and only looks; what a bench writes goes through `ledger`."""

    stack: Stack
    engine: Client
    ledger: Ledger
    vault: Vault
    door: LexofficeDoor
    watcher: "asyncpg.Pool[asyncpg.Record]"
    hooks: httpx.AsyncClient

    async def tenants(self, count: int, prefix: str, **options: Any) -> list[BenchTenant]:
        """Tenants that are connected to accounts of their own in the sandbox."""
        return [
            await open_tenant(
                self.ledger,
                self.vault,
                self.hooks,
                slug=f"{prefix}-{number:02d}-{secrets.token_hex(2)}",
                api_url=self.stack.addresses.api_url,
                **options,
            )
            for number in range(1, count + 1)
        ]

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """For books of a size that triggers would take hours to write (bench/seeding.py)."""
        connection = await asyncpg.connect(self.stack.addresses.postgres.admin_url, database=DATABASE)
        try:
            yield connection
        finally:
            await connection.close()

    def processes(self) -> dict[str, int]:
        """Process ids of the parts, for what they use of the machine."""
        parts = self.stack
        of_engine = parts.temporal
        inner = {"engine_postgres": of_engine.database.process.pid} if isinstance(of_engine, TemporalCluster) else {}
        return {
            **inner,
            "postgres": parts.postgres.process.pid,
            "temporal": parts.temporal.process.pid,
            "sandbox": parts.lexoffice.process.pid,
            "worker": parts.worker.process.pid,
            "api": parts.api.process.pid,
        }


@asynccontextmanager
async def running(
    state: Path,
    *,
    ports: Ports | None = None,
    requests_per_second: float = UNLIMITED_STARTS,
    pace: float = 0.0,
    lexoffice_options: Sequence[str] = ("--rate", "0"),
    environment: Mapping[str, str] | None = None,
    durable: bool = False,
    key_bits: int = 4096,
    shape: Shape = DEV,
) -> AsyncIterator[Rig]:
    """Start everything on free ports. Without other words the API's limits are lifted."""
    stack = Stack(
        state,
        ports or Ports.free(),
        emit=say,
        durable=durable,
        shape=shape,
        requests_per_second=requests_per_second,
        lexoffice_options=[*lexoffice_options, "--key-bits", str(key_bits)],
        environment={
            "PARTNERDESK_LEXOFFICE_PACE": str(pace),
            "PARTNERDESK_REQUESTS_A_MINUTE": "0",
            "PARTNERDESK_UNPROVEN_AN_HOUR": "0",  # what is measured is about documents that nobody knows
            # What a bench prepares is announced by the bench, when its clock runs; the hand-over comes later, for what
            # a busy machine could not announce in time.
            "PARTNERDESK_HANDOVER_AFTER_SECONDS": "60",
            "PARTNERDESK_LOG_LEVEL": "warning",
            **(environment or {}),
        },
    )
    async with stack:
        addresses = stack.addresses
        engine = await Client.connect(
            addresses.temporal.address, namespace=addresses.temporal.namespace, plugins=[plugin()]
        )
        vault = Vault.from_setting(addresses.environment["PARTNERDESK_SECRET_KEY"])
        ledger = await Ledger.open(addresses.postgres.app_url, most_connections=16)
        door = LexofficeDoor(ledger, vault, base_url=addresses.lexoffice.base_url, pace_per_second=pace)
        watcher = await asyncpg.create_pool(addresses.postgres.admin_url, database=DATABASE, min_size=0, max_size=4)
        hooks = httpx.AsyncClient(base_url=addresses.lexoffice.app_url, timeout=60, trust_env=False)
        try:
            yield Rig(stack, engine, ledger, vault, door, watcher, hooks)
        finally:
            await hooks.aclose()
            await door.close()
            watcher.terminate()
            await ledger.close()


class Stuck(StackError):
    """Something that a bench waits for does not come; the text says what."""
