"""Every list, filter and detail page, and the lists of the JSON API, over books of two years: median and 95th."""

import argparse
import os
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
from cryptography.fernet import Fernet
from fastapi.routing import iter_route_contexts

from api.app import create_app
from bench.figures import aim, percentile
from bench.machine import resident_mib
from bench.page_addresses import OF_THE_WHOLE_BOOKS, PAGES, SAMPLES, addresses, forgotten
from bench.page_visitor import Visitors, make_person, open_tenant, serving, visiting
from bench.rig import Stuck, say
from bench.seeding import fill_books
from ledger.database import Ledger
from ledger.migrate import migrate
from ledger.reports import invariants
from ledger.types import Tenant
from ledger.vault import Vault
from sandbox.postgres import DATABASE, PostgresServer
from sandbox.processes import free_port
from settings import Settings

ABOUT = "pages: median and 95th of every list, filter and detail page over 100,000 payouts"
_SMALL_TENANTS = 5
_UNMEASURED = 2
"""Passes over all addresses before it counts. PostgreSQL settles on its plans within the first six of a connection."""
_MEDIAN_MS = 100
_LATE_MS = 300


def add_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--payouts", type=int, default=100_000, help="of the large tenant; the quick run: 1,000")
    options.add_argument("--passes", type=int, default=25, help="how often each address is asked for")


async def run(options: argparse.Namespace, state: Path) -> dict[str, Any]:
    payouts, passes = (1_000, 7) if options.quick else (options.payouts, options.passes)
    secret_key = Fernet.generate_key().decode()
    if unknown := forgotten(_routes(secret_key)):
        raise Stuck(f"bench/page_addresses.py does not fit the application's routes: {', '.join(sorted(unknown))}")
    server = PostgresServer(state / "postgres", free_port(), durable=False)
    postgres = await server.start()
    try:
        await migrate(postgres.owner_url)
        ledger, vault = await Ledger.open(postgres.app_url), Vault.from_setting(secret_key)
        superuser = await asyncpg.connect(postgres.admin_url, database=DATABASE)
        try:
            tenant, books = await _books(ledger, superuser, vault, payouts)
            samples = await _samples(superuser, tenant)
            async with (
                serving(postgres, secret_key, state) as (address, pid),
                visiting(address, ledger, vault, tenant) as visitors,
            ):
                load = [round(one, 2) for one in os.getloadavg()]
                figures = await _measured(visitors, samples, passes)
                memory = resident_mib(pid)
                at_length = [await _timed(visitors, *one) for one in addresses(OF_THE_WHOLE_BOOKS, samples)]
        finally:
            await superuser.close()
            await ledger.close()
    finally:
        await server.stop()
    return {
        "books": books,
        "load_when_measured": load,
        "load_afterwards": [round(one, 2) for one in os.getloadavg()],
        "passes": passes,
        "api_mib": memory,
        **figures,
        "whole_books": at_length,
    }


def _routes(secret_key: str) -> set[str]:
    """Of the application itself, so that a new page cannot be forgotten."""
    app = create_app(
        Settings(
            database_url="postgresql://nobody@127.0.0.1/nothing",
            secret_key=secret_key,
            public_url="http://127.0.0.1",
        )
    )
    return {one.path for one in iter_route_contexts(app.routes) if "GET" in (one.methods or ()) and one.path}


async def _books(
    ledger: Ledger, superuser: "asyncpg.Connection[asyncpg.Record]", vault: Vault, payouts: int
) -> tuple[Tenant, dict[str, Any]]:
    person = await make_person(ledger)
    tenant = await open_tenant(ledger, vault, "gross", person=person)
    small = [await open_tenant(ledger, vault, f"klein-{number}") for number in range(_SMALL_TENANTS)]
    say(f"Writing the books of two years: {payouts} payouts …")
    started = time.perf_counter()
    await fill_books(superuser, vault, [(tenant, payouts), *((one, max(100, payouts // 500)) for one in small)], person)
    seconds = round(time.perf_counter() - started, 1)
    async with ledger.transaction(tenant) as tx:
        if wrong := await invariants.check(tx, stuck_after=timedelta(days=3)):
            raise Stuck(f"The books do not hold: {wrong[0].says}")
    rows = {
        name: await superuser.fetchval(f"SELECT count(*) FROM {name} WHERE tenant_id = $1", tenant.id)
        for name in ("payouts", "commissions", "events", "transactions", "partners", "customers", "payout_lines",
                     "state_changes", "external_documents", "audit_entries", "tasks")
    }  # fmt: skip
    size = await superuser.fetchval("SELECT pg_database_size(current_database())")
    say(f"… in {seconds} s, {size / 2**30:.1f} GiB.")
    return tenant, {**rows, "database_gib": round(size / 2**30, 2), "seeding_seconds": seconds}


async def _samples(superuser: "asyncpg.Connection[asyncpg.Record]", tenant: Tenant) -> dict[str, str]:
    found = {name: await superuser.fetchval(sql, tenant.id) for name, sql in SAMPLES.items()}
    if missing := [name for name, value in found.items() if value is None]:
        raise Stuck(f"The books hold no sample of: {', '.join(missing)}")
    return {name: str(value) for name, value in found.items()}


async def _measured(visitors: Visitors, samples: dict[str, str], passes: int) -> dict[str, Any]:
    """All addresses in one pass, each pass in another order, so that no page has the caches for itself."""
    wanted = addresses(PAGES, samples)
    first: dict[str, float] = {}
    taken: dict[str, list[float]] = defaultdict(list)
    order = random.Random(6)
    for number in range(_UNMEASURED + passes):
        say(f"Pass {number + 1} of {_UNMEASURED + passes}: {len(wanted)} addresses …")
        order.shuffle(wanted)
        for route, address in wanted:
            ms, _ = await _ask(visitors.of(route), address)
            if number >= _UNMEASURED:
                taken[address].append(ms)
            else:
                first.setdefault(address, ms)
    return _summary(addresses(PAGES, samples), taken, first)


async def _ask(client: httpx.AsyncClient, address: str) -> tuple[float, int]:
    """Milliseconds until the last byte, and how many there were."""
    started = time.perf_counter()
    answer = await client.get(address)
    ms = (time.perf_counter() - started) * 1000
    leads_on = answer.status_code == 303 and "/login" not in answer.headers["location"]
    if not (answer.status_code == 200 or (address.startswith("/admin/suche") and leads_on) or "GIBTESNICHT" in address):
        raise Stuck(f"{address} answered {answer.status_code}: {answer.text[:300]} {answer.headers.get('location')}")
    return ms, len(answer.content)


async def _timed(visitors: Visitors, route: str, address: str) -> dict[str, Any]:
    """Once. The statement's time limit may end it: then the figure is how long that took, and `status` says so."""
    client, size, started = visitors.of(route), 0, time.perf_counter()
    first = None
    async with client.stream("GET", address) as answer:
        async for some in answer.aiter_bytes():
            first = first or time.perf_counter() - started
            size += len(some)
    seconds = round(time.perf_counter() - started, 2)
    say(f"{address}: {answer.status_code}, {seconds} s, {size / 2**20:.1f} MiB")
    return {
        "page": route,
        "status": answer.status_code,
        "first_byte_seconds": round(first or seconds, 2),
        "seconds": seconds,
        "mib": round(size / 2**20, 2),
    }


def _summary(
    wanted: Sequence[tuple[str, str]], taken: Mapping[str, Sequence[float]], first: Mapping[str, float]
) -> dict[str, Any]:
    of_address = {
        address: {
            "median_ms": round(median(ms), 1),
            "p95_ms": round(percentile(ms, 95), 1),
            "most_ms": round(max(ms), 1),
        }
        for address, ms in taken.items()
    }
    pages = {}
    for route in PAGES:
        own = [address for of, address in wanted if of == route]
        every = [ms for address in own for ms in taken[address]]
        slowest = max(own, key=lambda address: of_address[address]["median_ms"])
        pages[route] = {
            "addresses": len(own),
            "median_ms": round(median(every), 1),
            "p95_ms": round(percentile(every, 95), 1),
            "first_ms": round(max(first[address] for address in own), 1),
            "slowest": {"address": slowest, **of_address[slowest]},
        }
    late = {
        address: of for address, of in of_address.items() if of["median_ms"] >= _MEDIAN_MS or of["p95_ms"] >= _LATE_MS
    }
    return {
        "pages": pages,
        "too_slow": late,
        "aims": [
            aim("slowest address, median ms", max(of["median_ms"] for of in of_address.values()), below=_MEDIAN_MS),
            aim("slowest address, 95th ms", max(of["p95_ms"] for of in of_address.values()), below=_LATE_MS),
        ],
    }
