"""Whether the engine is asked at all: while it is slow or away nobody waits for it (engine.md, Fairness of the
hand-over)."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.call_limit import call_limit, patience_with

log = structlog.get_logger("engine")

Told = TypeVar("Told")

SLOW_IN_A_ROW = 5


class NotAsked(TimeoutError):
    """The engine did not answer in time just now, so it was not asked."""


async def probe_engine(engine: Client) -> None:
    """Look for a workflow that is not there, which reads what the engine has stored. Raises what the client raises."""
    try:
        async with asyncio.timeout(call_limit(engine).total_seconds()):
            await engine.get_workflow_handle("does-it-answer").describe(rpc_timeout=call_limit(engine))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


class Breaker:
    """Open after one call that was given up, or five slow ones in a row: then calls are refused at once. After a pause
    one probe asks beside everybody; a quick answer closes it."""

    def __init__(self, engine: Client, *, on_close: Callable[[], None] = lambda: None) -> None:
        """`on_close` is called once calls are let through again."""
        self._engine = engine
        self._on_close = on_close
        self._patience = patience_with(engine)
        self._slow = 0
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are refused now."""
        return self._probing is not None and not self._probing.done()

    async def call(self, asked: Callable[[], Awaitable[Told]]) -> Told:
        """What the engine answers. Raises NotAsked, and what `asked` raises."""
        if self.is_open:
            raise NotAsked
        begin = time.monotonic()
        try:
            told = await asked()
        except asyncio.CancelledError:
            raise  # who asked went away; that tells nothing of the engine
        except Exception:
            if self._is_slow(begin):
                self._open("gave_up")
            raise
        self._slow = self._slow + 1 if self._is_slow(begin) else 0
        if self._slow >= SLOW_IN_A_ROW:
            self._open("slow")
        return told

    async def close(self) -> None:
        """End the probe."""
        if self._probing is not None:
            self._probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._probing

    def _is_slow(self, begin: float) -> bool:
        return time.monotonic() - begin >= self._patience.slow

    def _open(self, why: str) -> None:
        self._slow = 0
        if not self.is_open:
            log.warning("engine_not_asked", why=why, seconds=self._patience.pause)
            self._probing = asyncio.create_task(self._ask_again())
            self._probing.add_done_callback(self._closed)

    def _closed(self, probing: "asyncio.Task[None]") -> None:
        if not probing.cancelled():
            self._on_close()

    async def _ask_again(self) -> None:
        while True:
            await asyncio.sleep(self._patience.pause)
            begin = time.monotonic()
            with contextlib.suppress(Exception):
                await probe_engine(self._engine)
                if not self._is_slow(begin):
                    log.info("engine_asked_again")
                    return
