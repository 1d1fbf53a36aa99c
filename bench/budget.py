"""`script/bench budget`: does each tenant get its whole budget of lexoffice's API, and no more, beside a busy one?

The product's own path: notifications about credit notes that belong to no payout, each of which costs one GET. Pace
and limit are lowered so that 20 tenants together stay far below what the machine can do.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench.clock import until
from bench.figures import aim
from bench.poster import Parcel, notification, send_all
from bench.rig import Rig, Stuck, running, say
from bench.tenancy import BenchTenant
from sandbox.processes import LOOPBACK, free_port
from sandbox.stack import Partnerdesk

ABOUT = "The budget of 2 requests/s: used to the full, never exceeded, fair beside a tenant with 2,000 waiting calls."

DROPPED_S = 10.0
SPARE = 1.3
"""How much more work the quiet tenants get than they can use up."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenants", type=int, help="how many (20)")
    parser.add_argument("--waiting", type=int, help="calls of the busy tenant (2000)")
    parser.add_argument("--rate", type=float, default=0.5, help="pace and limit, requests/s and tenant (%(default)s)")
    parser.add_argument("--seconds", type=float, help="how long is measured, after the first 10 s (120)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes that share the budget (%(default)s)")


async def run(options: argparse.Namespace, state: Path) -> Mapping[str, Any]:
    tenants = options.tenants or (6 if options.quick else 20)
    waiting = options.waiting or (100 if options.quick else 2_000)
    seconds = options.seconds or (30.0 if options.quick else 120.0)
    rate = options.rate
    async with running(
        state,
        requests_per_second=rate,
        pace=rate,
        lexoffice_options=("--rate", str(rate)),
        key_bits=2048,
        environment={"PARTNERDESK_HANDOVER_AFTER_SECONDS": "2"},
    ) as rig:
        more = [await _one_more_worker(rig, number) for number in range(2, options.workers + 1)]
        try:
            opened = await rig.tenants(tenants, "budget", rate=rate)
            loaded_s = await _load(rig, opened, waiting, rate, seconds)
            say(f"Measuring for {seconds:.0f} s …")
            await asyncio.sleep(DROPPED_S)
            begin = time.time()
            await asyncio.sleep(seconds)
            calls = {of.tenant.slug: await _calls(rig, of) for of in opened}
            left = await _still_waiting(rig)
        finally:
            for worker in more:
                await worker.stop()
    return {
        "settings": {
            "tenants": tenants,
            "waiting_calls_of_the_busy_tenant": waiting,
            "rate_per_tenant": rate,
            "measured_seconds": seconds,
            "workers": options.workers,
            "loading_seconds": round(loaded_s, 1),
        },
        **_judge(calls, begin, seconds, rate, busy=opened[0].tenant.slug),
        "fewest_documents_still_waiting": min((left.get(of.tenant.slug, 0) for of in opened), default=0),
        "documents_still_waiting_of_the_busy_tenant": left.get(opened[0].tenant.slug, 0),
    }


async def _one_more_worker(rig: Rig, number: int) -> Partnerdesk:
    port = free_port()
    worker = Partnerdesk(
        f"worker-{number}",
        ["worker", "--health-port", str(port)],
        f"http://{LOOPBACK}:{port}/readyz",
        rig.stack.addresses.state / f"worker-{number}.log",
        rig.stack.addresses.environment,
    )
    await worker.serve()
    return worker


async def _load(rig: Rig, opened: list[BenchTenant], waiting: int, rate: float, seconds: float) -> float:
    """Notify all; returns when every tenant has more waiting than it can use up, and how long that took."""
    busy, *others = opened
    enough = int((seconds + DROPPED_S) * rate * SPARE)
    started = time.monotonic()
    say(f"Notifying of {waiting} documents of one tenant, and of {enough} of each of the {len(others)} others …")
    await _notify(rig, [busy] * waiting)
    missing = [of for _ in range(enough) for of in others]
    # On a slow machine some are fetched while the last ones are still on their way.
    while missing:
        await _notify(rig, missing)
        await until(lambda: _all_told(rig), "the telling of every notification to the engine")
        left = await _still_waiting(rig)
        missing = [of for of in opened for _ in range(enough - left.get(of.tenant.slug, 0))]
    return time.monotonic() - started


async def _notify(rig: Rig, whom: Sequence[BenchTenant]) -> None:
    """One notification each, of a document of its own."""
    addressed = iter(whom)
    parcels: list[Parcel] = []

    async def write_documents() -> None:
        for of in addressed:
            path = f"/sandbox/organizations/{of.organization}/credit-notes"
            answer = await rig.hooks.post(path, json={"customer": "Kunde AG", "net": "42.00"})
            document = answer.raise_for_status().json()["id"]
            parcels.append(notification(of, "credit-note.status.changed", document))

    await asyncio.gather(*(write_documents() for _ in range(4)))
    answers = await send_all(rig.stack.addresses.api_url, parcels, in_flight=8)
    if wrong := Counter(answer.status for answer in answers if answer.status != 200):
        raise Stuck(f"Notifications were not accepted: {dict(wrong)}")


async def _all_told(rig: Rig) -> bool:
    """A slow engine is not asked by the API; then it is told by the hand-over."""
    return not await rig.watcher.fetchval(
        "SELECT EXISTS (SELECT FROM events WHERE handled_at IS NULL AND handed_over_at IS NULL)"
    )


async def _still_waiting(rig: Rig) -> dict[str, int]:
    rows = await rig.watcher.fetch(
        """
        SELECT t.slug, count(*) AS waiting FROM events e JOIN tenants t ON t.id = e.tenant_id
         WHERE e.handled_at IS NULL GROUP BY t.slug ORDER BY t.slug
        """
    )
    return {row["slug"]: row["waiting"] for row in rows}


async def _calls(rig: Rig, of: BenchTenant) -> list[tuple[float, int | None]]:
    """When each call of the account came, and how it was answered."""
    log = (await rig.hooks.get(f"/sandbox/organizations/{of.organization}/calls")).raise_for_status().json()
    return [(datetime.fromisoformat(call["time"]).timestamp(), call["status"]) for call in log["calls"]]


def _judge(
    calls: Mapping[str, list[tuple[float, int | None]]], begin: float, seconds: float, rate: float, *, busy: str
) -> dict[str, Any]:
    measured = {slug: [c for c in made if begin <= c[0] < begin + seconds] for slug, made in calls.items()}
    executed = {slug: sum(1 for _, status in made if status != 429) for slug, made in measured.items()}
    share = {slug: count / (rate * seconds) for slug, count in executed.items()}
    refused = sum(1 for made in calls.values() for _, status in made if status == 429)
    closest = min(
        (later - earlier for made in calls.values() for (earlier, _), (later, _) in pairwise(sorted(made))), default=0.0
    )
    least, most = min(executed.values()), max(executed.values())
    return {
        "share_of_the_pace_used": {
            "least": round(min(share.values()), 4),
            "median": round(median(share.values()), 4),
            "most": round(max(share.values()), 4),
            "busy_tenant": round(share[busy], 4),
            "each": {slug: round(value, 4) for slug, value in share.items()},
        },
        "answers_429_in_the_whole_run": refused,
        "fastest_to_slowest_tenant": round(most / least, 4) if least else None,
        "calls_measured": sum(executed.values()),
        "closest_two_calls_of_one_tenant_s": round(closest, 3),
        "aims": [
            aim("share of the pace used by each tenant", min(share.values()), at_least=0.95),
            aim("answers 429", refused, at_most=0),
            aim("fastest ÷ slowest tenant", most / least if least else float("inf"), below=1.2),
        ],
    }
