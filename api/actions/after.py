"""What follows a door's transaction: the engine is told of what is committed, and of nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ParamSpec

from api.actions.rechecks import announce_rechecks
from api.http.parts import Parts
from ledger.types import PayoutNumber, Tenant

P = ParamSpec("P")


class After:
    """Calls that wait for the commit, in the order in which they were named."""

    def __init__(self, doors: Parts, tenant: Tenant) -> None:
        self._doors = doors
        self._tenant = tenant
        self._waiting: list[Callable[[], Awaitable[object]]] = []

    def __call__(self, tell: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call this once all is committed; after a refusal it is not called."""
        self._waiting.append(partial(tell, *args, **kwargs))

    def rechecks(self, payouts: Sequence[PayoutNumber]) -> None:
        """These payouts must look again."""
        self(announce_rechecks, self._doors, self._tenant, payouts)

    async def follow(self) -> None:
        for tell in self._waiting:
            await tell()
