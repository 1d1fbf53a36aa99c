"""A payout run over many partners: time, memory of the worker, statements per payout; what twice the size costs; and
the bank run that pays them."""

import argparse
import asyncio
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from asyncpg.connection import LoggedQuery

from bench import bank_run
from bench.figures import aim
from bench.machine import cpu_seconds, resident_mib
from bench.rig import Rig, running, say
from bench.seeding import add_partners
from engine import announcing
from ledger.database import Ledger
from ledger.payouts import payout_run_starts, payout_runs
from ledger.types import BERLIN, Tenant

ABOUT = "a payout run: time, peak memory, statements per payout, and twice the size; a bank run, from draft to file"
SALES_EACH = 20
_LOOK_EVERY_S = 0.25
_COUNTED_PARTNERS = 500


def add_options(options: argparse.ArgumentParser) -> None:
    options.add_argument(
        "--partners",
        type=int,
        default=10_000,
        help="of the first leg, 20 commissions each; the second has twice as many",
    )


async def run(options: argparse.Namespace, state: Path) -> dict[str, Any]:
    partners = 100 if options.quick else options.partners
    async with running(state, key_bits=2048) as rig:
        statements = await _statements_per_payout(rig, min(partners, _COUNTED_PARTNERS))
        # What the worker needs to have been awake once is not what a run costs.
        await _leg(rig, min(partners, 200))
        once, _ = await _leg(rig, partners)
        twice, tenant = await _leg(rig, 2 * partners)
        paid = await bank_run.measure(rig, tenant)
    return {
        "legs": [once, twice],
        "statements_per_payout": statements,
        "bank_run": paid,
        "aims": [
            aim("twice the size ÷ once, seconds", twice["seconds"] / once["seconds"], at_most=2.3),
            aim("twice the size ÷ once, peak memory", twice["worker_peak_mib"] / once["worker_peak_mib"], at_most=1.25),
        ],
    }


async def _leg(rig: Rig, partners: int) -> tuple[dict[str, Any], Tenant]:
    """A rehearsal and a run of one tenant, as an admin begins them, until their workflows have ended."""
    tenant = await _books(rig, partners)
    pid = rig.stack.worker.process.pid
    before = resident_mib(pid)
    say(f"Rehearsing over {partners} partners with {partners * SALES_EACH} commissions …")
    rehearsal, _ = await _held(rig, tenant, pid, rehearsal=True)
    say("Running …")
    used = cpu_seconds(rig.processes())
    seconds, peak = await _held(rig, tenant, pid, rehearsal=False)
    used = {name: now - used[name] for name, now in cpu_seconds(rig.processes()).items()}
    async with rig.ledger.transaction(tenant) as tx:
        payouts = await tx.fetchval("SELECT count(*) FROM payouts WHERE tenant_id = $1", tenant.id)
        paid = await tx.fetchval(
            "SELECT count(*) FROM commissions WHERE tenant_id = $1 AND state = 'in_payout'", tenant.id
        )
    assert (payouts, paid) == (partners, partners * SALES_EACH), "every partner has one payout of all that was due"
    figures = {
        "partners": partners,
        "commissions": partners * SALES_EACH,
        "rehearsal_seconds": round(rehearsal, 2),
        "seconds": round(seconds, 2),
        "payouts_a_second": round(partners / seconds, 1),
        "cpu_ms_per_payout": {name: round(1000 * of / partners, 1) for name, of in used.items()},
        "worker_before_mib": before,
        "worker_peak_mib": peak,
    }
    say(json.dumps(figures))
    return figures, tenant


async def _held(rig: Rig, tenant: Tenant, pid: int, *, rehearsal: bool) -> tuple[float, float]:
    """Seconds, and the most that the worker held meanwhile."""
    cut_off = payout_runs.cut_off_of(datetime.now(BERLIN).date() + timedelta(days=1))
    peak = resident_mib(pid)
    started = time.perf_counter()
    async with rig.ledger.transaction(tenant) as tx:
        wanted = await payout_run_starts.request(tx, cut_off=cut_off, rehearsal=rehearsal, by="key:bench")
    await announcing.announce_payout_run(rig.engine, tenant, wanted)
    id = announcing.payout_run_workflow_id(tenant, wanted)
    ending = asyncio.ensure_future(rig.engine.get_workflow_handle(id).result())
    while not ending.done():
        peak = max(peak, resident_mib(pid))
        await asyncio.wait([ending], timeout=_LOOK_EVERY_S)
    assert await ending == "done"
    return time.perf_counter() - started, peak


async def _statements_per_payout(rig: Rig, partners: int) -> float:
    """Counted at the client, here; BEGIN, the naming of the tenant and COMMIT of each transaction included."""
    tenant = await _books(rig, partners)
    counted = Statements()
    counting = await Ledger.open(rig.stack.addresses.postgres.app_url, most_connections=1, on_statement=counted.add)
    run = uuid4()
    cut_off = payout_runs.cut_off_of(datetime.now(BERLIN).date() + timedelta(days=1))
    try:
        async with counting.transaction(tenant) as tx:
            await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by="key:bench")
        counted.number = 0
        made, last = 0, None
        while True:
            async with counting.transaction(tenant) as tx:
                some = await payout_runs.list_remaining_partners(tx, run, after=last, limit=200)
            if not some:
                return round(counted.number / made, 2)
            for first in range(0, len(some), 25):
                made += len((await payout_runs.take(counting, tenant, run, some[first : first + 25])).payouts)
            last = some[-1]
    finally:
        await counting.close()


class Statements:
    """How many were sent to PostgreSQL; those that begin and end a transaction included."""

    number = 0

    def add(self, sent: LoggedQuery) -> None:
        self.number += 2 if sent.query.startswith("BEGIN; ") else 1


async def _books(rig: Rig, partners: int) -> Tenant:
    [opened] = await rig.tenants(1, f"run-{partners}")
    async with rig.superuser() as db:
        await add_partners(db, opened.tenant, partners, sales_each=SALES_EACH)
        await db.execute("ANALYZE")
    return opened.tenant
