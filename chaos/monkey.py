"""Kills parts of the running product, and starts them again as a supervisor would."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from chaos.plan import Kill
from sandbox.processes import Service, StackError

_LOOK_EVERY_S = 0.2
_BEFORE_ANOTHER_START_S = 1.0
_PROBE_EVERY_S = 2.0
_SILENT_FOR_S = 15.0


class Monkey:
    """Keeps every part running, except when it has just killed it.

    A part that ends though nobody killed it is started again too, and counted: with the others back it should have
    lived. Starts that fail (its database is down, say) are part of the game and repeated.
    """

    def __init__(self, parts: Mapping[str, Service], say: Callable[[str], None]) -> None:
        self._parts = parts
        self._say = say
        self._down_until: dict[str, float] = {}
        self._killed: set[str] = set()
        self.kills: Counter[str] = Counter()
        self.ended_by_itself: Counter[str] = Counter()
        self.revived: Counter[str] = Counter()
        self.deploys: Counter[str] = Counter()

    async def carry_out(self, kills: tuple[Kill, ...], began: float) -> None:
        """SIGKILL at the planned times. A part that is down just then is left alone, and not counted."""
        for kill in kills:
            await asyncio.sleep(max(0.0, began + kill.at - time.monotonic()))
            await self.kill(kill.part, kill.down_seconds)

    async def kill(self, name: str, down_seconds: float) -> None:
        if not self._parts[name].has_ended and name not in self._killed:
            self.kills[name] += 1
            await self._end(name, down_seconds)

    async def restart(self, name: str) -> None:
        """As an orchestrator does it with a deploy: asked to end, and started again at once."""
        self._killed.add(name)
        self.deploys[name] += 1
        await self._parts[name].stop()

    async def _end(self, name: str, down_seconds: float) -> None:
        self._killed.add(name)
        self._down_until[name] = time.monotonic() + down_seconds
        await self._parts[name].kill()

    async def revive(self, name: str, answers: Callable[[], Awaitable[bool]]) -> None:
        """A liveness probe, until it is cancelled: a part that runs and does not answer for long is started anew.

        Temporal's development server needs it: under load a statement that takes too long is interrupted, and now and
        then its only connection to SQLite stays so ("interrupted (9)").
        """
        silent_since: float | None = None
        while True:
            await asyncio.sleep(_PROBE_EVERY_S)
            if self._parts[name].has_ended or await answers():
                silent_since = None
            elif silent_since is None:
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > _SILENT_FOR_S:
                silent_since = None
                self._say(f"{name} does not answer any more and is started anew")
                self.revived[name] += 1
                await self._end(name, 0.0)

    async def keep_running(self, name: str) -> None:
        """Until it is cancelled."""
        part = self._parts[name]
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if not part.has_ended:
                continue
            if name not in self._killed:
                self.ended_by_itself[name] += 1
                self._say(f"{name} has ended by itself with status {part.process.exit_status}")
            await asyncio.sleep(max(0.0, self._down_until.get(name, 0.0) - time.monotonic()))
            await self._start(name)

    async def _start(self, name: str) -> None:
        while True:
            try:
                self._killed.discard(name)
                await self._parts[name].restart()
            except StackError:
                # It was killed again while it started, or what it needs is down.
                self._killed.add(name)
                await asyncio.sleep(_BEFORE_ANOTHER_START_S)
            else:
                return

    async def all_running(self) -> bool:
        """Whether every part runs and is ready."""
        for part in self._parts.values():
            if part.has_ended or not await part.is_ready():
                return False
        return True
