"""How long nothing moves after a part was killed and started again at once, as a supervisor would."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from temporalio.service import RPCError

from bench.clock import NotReached
from bench.figures import spread
from bench.rig import Rig, running, say
from bench.tenancy import ApprovedPayout, approve_payouts
from engine import announcing
from ledger.types import DecisionKind
from sandbox.processes import Service

EVERY_S = 0.2
"""A person approves a payout so often, before, while and after a part is away."""
PATIENCE_S = 120.0
_STILL_UNDER_WAY_S = 0.3
"""What was on the wire at the kill may still land; later changes are made by the part that came back."""


async def measure(state: Path, runs: int) -> dict[str, Any]:
    """Databases flush to disk here, as in production."""
    parts = ("worker", "temporal", "postgres")
    only_ours = {"PARTNERDESK_HANDOVER_AFTER_SECONDS": "86400"}
    async with running(state, durable=True, key_bits=2048, environment=only_ours) as rig:
        tenants = await rig.tenants(2, "recovery")
        say("Approving payouts for the time of the crashes …")
        made = await approve_payouts(rig.ledger, tenants, runs * len(parts) * 100)
        traffic = Traffic(rig, made)
        flowing = asyncio.create_task(traffic.flow())
        try:
            await asyncio.sleep(3)
            seconds: dict[str, list[float]] = {part: [] for part in parts}
            back: dict[str, list[float]] = {part: [] for part in parts}
            for _ in range(runs):
                for part in parts:
                    moved, ready = await _crash(rig, part)
                    seconds[part].append(moved)
                    back[part].append(ready)
                    say(f"{part}: the first payout moved {moved:.1f} s after SIGKILL")
                    await asyncio.sleep(3)
        finally:
            flowing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flowing
    return {
        part: {"until_moving_s": spread(seconds[part], 2), "of_that_until_the_part_is_ready_s": spread(back[part], 2)}
        for part in parts
    }


@dataclass
class Traffic:
    """Approved payouts, announced one after the other; what the engine does not take is announced again."""

    rig: Rig
    made: Sequence[ApprovedPayout]
    announced: int = field(default=0)

    async def flow(self) -> None:
        for payout in self.made:
            while not await self._announce(payout):  # noqa: ASYNC110 - nobody tells when the engine is back
                await asyncio.sleep(EVERY_S)
            self.announced += 1
            await asyncio.sleep(EVERY_S)
        raise NotReached("The crashes took longer than there were payouts.")

    async def _announce(self, made: ApprovedPayout) -> bool:
        try:
            await announcing.announce_decision(self.rig.engine, made.payout, DecisionKind.APPROVE, made.decision)
        except (RPCError, RuntimeError, TimeoutError, OSError):
            return False
        return True


async def _crash(rig: Rig, part: str) -> tuple[float, float]:
    """Seconds from SIGKILL until a payout changes its state, and until the part said that it is ready."""
    service: Service = getattr(rig.stack, part)
    killed, killed_at = time.monotonic(), datetime.now(UTC)
    await service.kill()
    await service.restart()
    ready = time.monotonic() - killed
    while time.monotonic() - killed < PATIENCE_S:
        if (moved := await _first_move(rig, killed_at + timedelta(seconds=_STILL_UNDER_WAY_S))) is not None:
            return (moved - killed_at).total_seconds(), ready
        await asyncio.sleep(0.05)
    raise NotReached(f"{part}: no payout moved within {PATIENCE_S:.0f} s after its SIGKILL.")


async def _first_move(rig: Rig, after: datetime) -> datetime | None:
    try:
        moved: datetime | None = await rig.watcher.fetchval(
            "SELECT min(changed_at) FROM state_changes WHERE subject = 'payouts' AND changed_at > $1", after
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None
    return moved
