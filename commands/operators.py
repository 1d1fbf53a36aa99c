"""What operators ask for across tenants: sweeps and examinations, for the `partnerdesk` command."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio.client import Client

from activities.doctor.examination import Doctor
from activities.engine_away import AWAY
from activities.gateway.lexoffice_gateway import LexofficeDoor
from api.actions.authorization import oauth_access
from engine import connect
from engine.schedules import ensure_sweep, sweep_now
from engine.watching import EngineView
from ledger.access import tenants
from ledger.database import Ledger
from ledger.inbox import sweeps
from ledger.types import Tenant
from settings import Settings

PATIENCE_S = 600.0


async def sweep_tenants(
    settings: Settings, slug: str | None, *, to: datetime | None, all_open: bool, wait: bool
) -> list[dict[str, Any]]:
    """Trigger the schedules. Raises NotFound for an unknown tenant, EngineAway."""
    client = await connect.open_client()
    ledger = await Ledger.open(settings.database_url.get_secret_value(), most_connections=2)
    try:
        chosen = [await tenants.get(ledger, slug)] if slug else await sweeps.list_connected(ledger)
        return [
            {
                "tenant": tenant.slug,
                **await _sweep(settings, client, ledger, tenant, _Pass(to, all_open, wait)),
            }
            for tenant in chosen
        ]
    except AWAY as error:
        raise connect.EngineAway("The engine does not start sweeps.") from error
    finally:
        await ledger.close()


async def examine_tenants(
    settings: Settings, slug: str | None, *, by: str, accept: str | None, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Examine one tenant, or all. Raises NotFound. An engine that is away is a difference, not an error."""
    ledger = await Ledger.open(settings.database_url.get_secret_value(), most_connections=4)
    door = LexofficeDoor(
        ledger,
        settings.vault(),
        base_url=settings.lexoffice_base_url,
        pace_per_second=settings.lexoffice_pace,
        oauth=oauth_access(settings, ledger),
    )
    try:
        doctor = Doctor(
            ledger,
            door,
            EngineView(await connect.open_client(lazy=True)),
            unclear_wait=settings.unclear_outcome,
            recovery_word=settings.recovery,
        )
        chosen = [await tenants.get(ledger, slug)] if slug else await tenants.list_all(ledger)
        reports = []
        for tenant in chosen:
            report = await doctor.examine(tenant, _named(say, tenant), by=by, accept=accept)
            reports.append(report.model_dump(mode="json"))
        return reports
    finally:
        await door.close()
        await ledger.close()


class _Pass(NamedTuple):
    """How far back to look, whether all open documents are looked at, and whether to wait for the end."""

    to: datetime | None
    all_open: bool
    wait: bool


async def _sweep(
    settings: Settings,
    client: Client,
    ledger: Ledger,
    tenant: Tenant,
    how: _Pass,
) -> dict[str, Any]:
    async with ledger.transaction(tenant) as tx:
        state = await sweeps.get_state(tx)
        if not state.connected:
            return {"triggered": False, "says": "not connected to lexoffice, or its key does not work"}
        if how.to or how.all_open:
            await sweeps.look_back(tx, to=how.to and how.to + timedelta(days=1), all_open=how.all_open)
    await ensure_sweep(client, tenant, every=timedelta(seconds=settings.sweep_every_seconds))
    await sweep_now(client, tenant)
    if not how.wait:
        return {"triggered": True, "says": "a pass has begun"}
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        async with ledger.transaction(tenant) as tx:
            now = await sweeps.get_state(tx)
        if now.finished_at is not None and now.finished_at > state.now:
            return {"triggered": True, "found": now.found, "says": f"{now.found} documents handed over"}
        await asyncio.sleep(0.2)
    return {"triggered": True, "says": "the pass has not ended yet; see it in the Temporal UI"}


def _named(say: Callable[[str], None], tenant: Tenant) -> Callable[[str], None]:
    return lambda text: say(f"{tenant.slug}: {text}")
