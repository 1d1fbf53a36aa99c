"""The way to easybill for one tenant: its key, its budget, and what a failure means to the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial

import httpx

from activities.gateway.calls import (
    Budget,
    BudgetTransport,
    CountedTransport,
    budget_exhausted,
    failures_explained,
    not_checked,
)
from easybill.client import REQUESTS_A_MINUTE, EasybillClient
from httpcalls.transports import fresh_connection_transport, shared_transport
from ledger.connections import budget, connection_health, connections, easybill_connection, recovery
from ledger.connections.easybill_connection import EasybillAccess, Plan
from ledger.database import Ledger
from ledger.reasons import Reason
from ledger.types import EASYBILL, Tenant
from ledger.vault import Vault

_REFUSED_KEY = Reason.of("easybill_key_rejected")
_SPARE = 0.95
"""We use a little less than the plan allows, as the clocks of both sides are not one."""


def budget_of(plan: Plan, pace_per_second: float | None) -> Budget:
    """What the plan allows; `pace_per_second` instead of it, for a sandbox."""
    by_plan = REQUESTS_A_MINUTE[plan] / 60 * _SPARE
    return Budget(EASYBILL, by_plan if pace_per_second is None else pace_per_second)


class EasybillDoor:
    """One per process. Reads share kept connections; creates get a fresh one each."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        *,
        base_url: str,
        pace_per_second: float | None = None,
        recovery: str | None = None,
    ) -> None:
        self._ledger = ledger
        self._vault = vault
        self._base_url = base_url
        self._pace = pace_per_second
        self._recovery = recovery
        self._reads = shared_transport()
        self._creates = fresh_connection_transport()

    async def close(self) -> None:
        await self._reads.aclose()
        await self._creates.aclose()

    async def access(self, tenant: Tenant) -> EasybillAccess:
        """What a call for this tenant needs. Raises NotConnected, ConnectionBroken."""
        async with self._ledger.transaction(tenant) as tx:
            return await easybill_connection.access(tx, self._vault)

    @asynccontextmanager
    async def reading(self, tenant: Tenant) -> AsyncIterator[EasybillClient]:
        """A client whose every request takes a slot of the tenant's budget first. Turns what fails into advice."""
        async with self.explained(tenant), self.asking(await self.access(tenant), tenant) as client:
            yield client

    def asking(self, access: EasybillAccess, tenant: Tenant, *, together: int = 1) -> EasybillClient:
        """The same client for whoever is `explained` already. `together`: so many requests belong to one step, and
        take their slots with the first."""
        use = budget_of(access.plan, self._pace)
        transport = BudgetTransport(self._reads, self._ledger, tenant, use, together=together)
        return self._client(access, transport)

    async def creating(self, tenant: Tenant) -> EasybillClient:
        """A client for one create, on a fresh connection, when its slot has come: before the intent is marked as sent.

        After a restore nothing is created before the numbers were compared, as at lexoffice. Raises NoSlot,
        NotConnected, ConnectionBroken.
        """
        async with self._ledger.transaction(tenant) as tx:
            if self._recovery and not await recovery.may_create(tx, self._recovery):
                raise not_checked()
            access = await easybill_connection.access(tx, self._vault)
            use = budget_of(access.plan, self._pace)
            slot = await budget.reserve_creation(
                tx, provider=EASYBILL, pace_per_second=use.pace_per_second, counts_to_the_minute=False
            )
        if slot is None:
            raise budget_exhausted(EASYBILL)
        await asyncio.sleep(slot.wait_seconds)
        return self._client(access, CountedTransport(self._creates, EASYBILL))

    def explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        """Turn what a call can raise into what the engine should do about it."""
        return failures_explained(partial(self.record_refused_key, tenant))

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        """False: what is stored was saved after the call began, so that it was another key that was refused."""
        async with self._ledger.transaction(tenant) as tx:
            if asked_at is not None and await connections.has_key_since(tx, asked_at, provider=EASYBILL):
                return False
            await connection_health.mark_broken(tx, _REFUSED_KEY, provider=EASYBILL)
        return True

    def _client(self, access: EasybillAccess, transport: httpx.AsyncBaseTransport) -> EasybillClient:
        return EasybillClient(base_url=self._base_url, key=access.key.get_secret_value(), transport=transport)
