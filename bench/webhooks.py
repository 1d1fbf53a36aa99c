"""Webhooks against what they ask of the engine: accepted/s ÷ bare signal-with-start/s, and how long an answer takes."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from bench.bare_engine import BareEngine
from bench.clock import LegClock
from bench.figures import percentile
from bench.payouts import alternate
from bench.poster import Connection, Parcel, connections, fresh_notifications, signer_of
from bench.product import Product
from bench.rig import Stuck

IN_FLIGHT = 32


async def compare(count: int, runs: int, product: Product, bare: BareEngine) -> dict[str, Any]:
    """Both workers are off: the engine does nothing but take in."""
    await product.rig.stack.worker.stop()
    api_only = {name: pid for name, pid in product.rig.processes().items() if name != "worker"}
    temporal_only = {"temporal": bare.processes()["temporal"]}
    await bare.worker.stop()

    async def of_product(clock: LegClock) -> None:
        await product.webhooks(count, IN_FLIGHT, clock)

    async def of_bare(clock: LegClock) -> None:
        await bare.signal_with_start(count, IN_FLIGHT, clock)

    sides = {"product": (api_only, of_product), "bare": (temporal_only, of_bare)}
    return await alternate("webhooks", count, runs, sides, what="webhook")


async def at_half_load(product: Product, per_second: float, seconds: float) -> dict[str, Any]:
    """Of documents that nobody has heard of."""
    stack = product.rig.stack.addresses
    count = int(per_second * seconds)
    parcels = fresh_notifications(product.notified, count, signer_of(stack.state / "lexoffice"))
    return await answer_times(stack.api_url, parcels, per_second, most=2 * IN_FLIGHT)


async def answer_times(url: str, parcels: Sequence[Parcel], per_second: float, *, most: int) -> dict[str, Any]:
    """At a steady rate: each is due at its instant, whether those before it are answered or not, and its time counts
    from then; where all connections wait for an answer, waiting for one of them is part of it."""
    taken: list[float] = []
    async with connections(url, most) as opened:
        free = asyncio.Queue[Connection]()
        for connection in opened:
            free.put_nowait(connection)
        async with asyncio.TaskGroup() as group:
            begin = time.perf_counter()
            for number, parcel in enumerate(parcels):
                due = begin + number / per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(_answer_time(free, parcel, due, taken))
    return {
        "per_second": round(per_second, 1),
        "sent": len(parcels),
        "p50_ms": round(1000 * percentile(taken, 50), 1),
        "p99_ms": round(1000 * percentile(taken, 99), 1),
        "longest_ms": round(1000 * max(taken), 1),
    }


async def _answer_time(free: asyncio.Queue[Connection], parcel: Parcel, due: float, taken: list[float]) -> None:
    connection = await free.get()
    answer = await connection.send(parcel)
    free.put_nowait(connection)
    if answer.status != 200 or b"accepted" not in answer.body:
        raise Stuck(f"A webhook was not accepted: {answer}")
    taken.append(time.perf_counter() - due)
