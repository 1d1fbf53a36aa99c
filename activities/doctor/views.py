"""What the parts that are compared show. No I/O is imported here."""

from typing import Protocol

from ledger.types import Frozen, PayoutNumber, Tenant


class SeenWorkflow(Frozen):
    """`status` as the engine names it, lower case; `payout_state` is the search attribute PayoutStatus.

    `failed_tasks`: how often in a row no worker could go on with it, where it was looked at by itself.
    """

    status: str
    payout_state: str | None
    failed_tasks: int = 0


class Engine(Protocol):
    """engine/watching.py, handed in: activities do not know the workflows."""

    async def running(self, tenant: Tenant) -> dict[PayoutNumber, SeenWorkflow]: ...

    async def all(self, tenant: Tenant) -> dict[PayoutNumber, SeenWorkflow]: ...

    async def look(self, tenant: Tenant, number: PayoutNumber) -> SeenWorkflow | None: ...
