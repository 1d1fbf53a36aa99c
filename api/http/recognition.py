"""Who is calling, without asking the database each time."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ledger.vault import Vault

# A revoked key or token stops working everywhere within 30 s (rules.md, The connection).
KEPT_S = 30.0
_MOST_KNOWN = 10_000
_MOST_UNKNOWN = 10_000

Who = TypeVar("Who")


class Recognition(Generic[Who]):
    """Remembers for at most 30 s what a secret opened, or that it opened nothing.

    Secrets are kept as HMACs. What is unknown has a store of its own: a flood of guesses pushes out no known caller.
    """

    def __init__(self, vault: Vault, look_up: Callable[[str], Awaitable[Who | None]]) -> None:
        self._vault = vault
        self._look_up = look_up
        self._known: OrderedDict[bytes, tuple[float, Who]] = OrderedDict()
        self._unknown: OrderedDict[bytes, float] = OrderedDict()
        self._generation = 0

    async def recognise(self, presented: str) -> Who | None:
        mark = self._vault.recognise(presented)
        now = time.monotonic()
        if (known := self._known.get(mark)) is not None and now - known[0] < KEPT_S:
            return known[1]
        if (asked := self._unknown.get(mark)) is not None and now - asked < KEPT_S:
            return None
        generation = self._generation
        who = await self._look_up(presented)
        if generation != self._generation:
            return who  # something changed while we asked: good for this answer, not for keeping
        # The time from before the question: what is revoked while it is asked must not live a moment longer.
        if who is None:
            self._known.pop(mark, None)
            _keep(self._unknown, mark, now, _MOST_UNKNOWN)
        else:
            self._unknown.pop(mark, None)
            _keep(self._known, mark, (now, who), _MOST_KNOWN)
        return who

    def forget(self) -> None:
        """A key or token was made, changed or revoked by this process: ask anew."""
        self._generation += 1
        self._known.clear()
        self._unknown.clear()


Value = TypeVar("Value")


def _keep(store: OrderedDict[bytes, Value], mark: bytes, value: Value, most: int) -> None:
    store[mark] = value
    store.move_to_end(mark)
    while len(store) > most:
        store.popitem(last=False)
