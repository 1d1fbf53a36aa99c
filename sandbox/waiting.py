"""How long a program of the local stack is waited for, and what those who watch are told meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from sandbox.processes import Process

Emit = Callable[[str], None]

_POLL_S = 0.05
_LONGEST_POLL_S = 0.5
_LOOK_FOR_WORK_S = 1.0
_waited_for: dict["Process", float] = {}
"""Since when."""


@dataclass(frozen=True)
class Patience:
    """How long a program is waited for. A busy machine may need minutes; a program that hangs is not worth them."""

    in_all_s: float = 300.0
    idle_s: float = 60.0


PATIENCE = Patience()


class Wait:
    """A wait for a program, of which others may be told."""

    def __init__(self, process: "Process", patience: Patience) -> None:
        self._process = process
        self._patience = patience

    def __enter__(self) -> Self:
        self._began = self._looked = self._worked = time.monotonic()
        self._work = self._process.work()
        _waited_for[self._process] = self._began
        return self

    def __exit__(self, *_: object) -> None:
        del _waited_for[self._process]

    def over(self) -> str:
        """Why there is no use in waiting any longer; empty while there is."""
        now = time.monotonic()
        if now - self._looked > _LOOK_FOR_WORK_S:
            self._looked, before, self._work = now, self._work, self._process.work()
            self._worked = now if self._work != before else self._worked
        if now - self._began > self._patience.in_all_s:
            return f"it was given {self._patience.in_all_s:.0f} s"
        if now - self._worked > self._patience.idle_s:
            return f"it has done nothing for {self._patience.idle_s:.0f} s"
        return ""

    async def pause(self) -> None:
        # Each look costs the machine some of what it may be short of.
        await asyncio.sleep(min(max(_POLL_S, (time.monotonic() - self._began) / 50), _LONGEST_POLL_S))


@contextlib.asynccontextmanager
async def announced(text: str, emit: Emit, *, after_s: float = 2.0, again_after_s: float = 15.0) -> AsyncIterator[None]:
    """Say what we are waiting for when it takes long enough to wonder; later, again and again, for which programs."""

    async def later() -> None:
        await asyncio.sleep(after_s)
        emit(text)
        while True:
            await asyncio.sleep(again_after_s)
            if waits := _still_waited_for():
                emit(f"Still waiting for {waits}.")

    telling = asyncio.create_task(later())
    try:
        yield
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling


def _still_waited_for() -> str:
    now = time.monotonic()
    return ", ".join(
        f"{process.name} ({now - began:.0f} s; {process.command.log})" for process, began in _waited_for.items()
    )
