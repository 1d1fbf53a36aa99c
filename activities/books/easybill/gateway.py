"""The way to easybill for one tenant: its key, its budget, and what a failure means to the engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from temporalio.exceptions import ApplicationError

from activities.gateway.calls import Budget, BudgetTransport, retry_advice, unusable
from easybill.client import REQUESTS_A_MINUTE, EasybillClient
from httpcalls.errors import ContractDoesNotInclude, Forbidden, Unauthorized
from httpcalls.transports import shared_transport
from ledger.connections import connection_health, connections, easybill_connection
from ledger.connections.connections import ConnectionBroken, NotConnected
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
    """One per process; reads share kept connections."""

    def __init__(self, ledger: Ledger, vault: Vault, *, base_url: str, pace_per_second: float | None = None) -> None:
        self._ledger = ledger
        self._vault = vault
        self._base_url = base_url
        self._pace = pace_per_second
        self._reads = shared_transport()

    async def close(self) -> None:
        await self._reads.aclose()

    async def access(self, tenant: Tenant) -> EasybillAccess:
        """What a call for this tenant needs. Raises NotConnected, ConnectionBroken."""
        async with self._ledger.transaction(tenant) as tx:
            return await easybill_connection.access(tx, self._vault)

    @asynccontextmanager
    async def reading(self, tenant: Tenant) -> AsyncIterator[EasybillClient]:
        """A client whose every request takes a slot of the tenant's budget first. Turns what fails into advice."""
        asked_at = datetime.now(UTC)
        try:
            access = await self.access(tenant)
            transport = BudgetTransport(self._reads, self._ledger, tenant, budget_of(access.plan, self._pace))
            with retry_advice():
                yield EasybillClient(base_url=self._base_url, key=access.key.get_secret_value(), transport=transport)
        except Unauthorized:
            if not await self._record_refused_key(tenant, asked_at):
                raise ApplicationError("another key was saved meanwhile", type="KeyChanged") from None
            raise unusable("401") from None
        except (Forbidden, ContractDoesNotInclude, NotConnected, ConnectionBroken) as error:
            raise unusable(type(error).__name__) from None

    async def _record_refused_key(self, tenant: Tenant, asked_at: datetime) -> bool:
        """False: what is stored was saved after the call began, so that it was another key that was refused."""
        async with self._ledger.transaction(tenant) as tx:
            if await connections.has_key_since(tx, asked_at, provider=EASYBILL):
                return False
            await connection_health.mark_broken(tx, _REFUSED_KEY, provider=EASYBILL)
        return True
