"""Setting a tenant's schedules in the engine as the ledger says, now or when the engine is back."""

from datetime import timedelta
from typing import Protocol

from temporalio.client import Client

from ledger.connections import wanted_schedules
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.database import Ledger
from ledger.types import Tenant


class Schedules(Protocol):
    """engine/schedules.py, handed in: activities do not know the workflows."""

    async def ensure_sweep(self, client: Client, tenant: Tenant, *, every: timedelta) -> None: ...

    async def ensure_payout_run(self, client: Client, tenant: Tenant, *, day: int | None, hour: int) -> None: ...


class ScheduleSetter:
    def __init__(self, ledger: Ledger, schedules: Schedules, *, sweep_every: timedelta) -> None:
        self._ledger = ledger
        self._schedules = schedules
        self._sweep_every = sweep_every

    async def set(self, client: Client, tenant: Tenant, kind: ScheduleKind) -> None:
        """Set it, if it is wanted. Raises what the client raises; it stays wanted then."""
        while True:
            async with self._ledger.transaction(tenant) as tx:
                wish = await wanted_schedules.read(tx, kind)
            if wish is None:
                return
            match kind:
                case ScheduleKind.SWEEP:
                    await self._schedules.ensure_sweep(client, tenant, every=self._sweep_every)
                case ScheduleKind.PAYOUT_RUN:
                    await self._schedules.ensure_payout_run(client, tenant, day=wish.day, hour=wish.hour)
            async with self._ledger.transaction(tenant) as tx:
                if await wanted_schedules.fulfilled(tx, kind, wish):
                    return
