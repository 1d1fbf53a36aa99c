"""How long a webhook's sender waits for its answer while the engine answers at once, and while it answers late."""

import argparse
from pathlib import Path
from typing import Any

from bench.figures import aim
from bench.poster import repeated_notifications, signer_of
from bench.rig import running, say
from bench.webhooks import answer_times
from sandbox.processes import LOOPBACK
from sandbox.slow_engine import slow_line
from sandbox.stack import Ports

_BELOW_MS = 1_000


def add_options(parser: argparse.ArgumentParser) -> None:
    of = parser.add_argument_group("slow_engine", "webhooks for one document, each sent at its instant")
    of.add_argument("--late", type=float, default=1.5, help="each answer of the engine, seconds (%(default)s)")
    of.add_argument("--per-second", type=float, default=20.0, help="webhooks (%(default)s)")
    of.add_argument("--connections", type=int, default=60, help="of their senders, at most (%(default)s)")
    of.add_argument("--seconds", type=float, help="how long each engine is measured (60)")


async def measure(state: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The worker is off: the engine takes in and hands out nothing. API and sender are processes of their own."""
    seconds = options.seconds or (5.0 if options.quick else 60.0)
    ports = Ports.free()
    async with slow_line(f"{LOOPBACK}:{ports.temporal}") as line:
        # The API reaches the engine by this line; what the bench prepares does not.
        behind = {"TEMPORAL_ADDRESS": line.address}
        async with running(state, ports=ports, environment=behind, key_bits=2048 if options.quick else 4096) as rig:
            await rig.stack.worker.stop()
            [told] = await rig.tenants(1, "slow")
            signer = signer_of(rig.stack.addresses.state / "lexoffice")
            table: list[dict[str, Any]] = []
            for engine, late in (("quiet", 0.0), ("slow", options.late)):
                say(f"{options.per_second:.0f} webhooks/s for {seconds:.0f} s, engine {engine} …")
                line.delay = late
                parcels = repeated_notifications(told, int(options.per_second * seconds), signer)
                taken = await answer_times(
                    rig.stack.addresses.api_url, parcels, options.per_second, most=options.connections
                )
                table.append({"engine": engine, "answers_late_s": late, **taken})
            line.delay = 0.0
    return {
        "connections": options.connections,
        "table": table,
        "aims": [
            aim(f"p99 of a webhook's answer in ms, engine {row['engine']}", row["p99_ms"], below=_BELOW_MS)
            for row in table
        ],
    }
