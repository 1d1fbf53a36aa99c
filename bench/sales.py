"""Sales by `POST /api/v1/transactions` against bare inserts of the very rows that they leave in PostgreSQL.

The rows of a sale are those that its transaction wrote, whatever the table: `xmin` tells. The bare side writes them, a
transaction for each sale, into tables of the same columns and indexes without triggers and references.
"""

import argparse
import asyncio
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from bench.clock import LegClock
from bench.payouts import Side, alternate
from bench.poster import Parcel, send_all
from bench.rig import Rig, Stuck, running, say
from bench.tenancy import PARTNER, BenchTenant
from ledger.access import api_keys
from sandbox.postgres import DATABASE

IN_FLIGHT = 16
TENANTS = 4
_SCHEMA = "bare"
_PATIENT = {
    "PARTNERDESK_ACQUIRE_SECONDS": "20",
    "PARTNERDESK_STATEMENT_SECONDS": "20",
    "PARTNERDESK_REQUEST_SECONDS": "30",
}
"""Nobody is refused because the machine is busy: what is measured is how long all take."""
Row = tuple[str, str]
"""The statement that inserts it, and its columns as JSON."""


async def measure(state: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Over a stack of its own."""
    async with running(state, environment=_PATIENT, key_bits=2048) as rig:
        sellers = await rig.tenants(TENANTS, "sales")
        count = options.sales or (100 if options.quick else 500)
        return await compare(count, options.runs or (1 if options.quick else 5), rig, sellers)


async def compare(count: int, runs: int, rig: Rig, sellers: Sequence[BenchTenant]) -> dict[str, Any]:
    keys = [await _key_of(rig, seller) for seller in sellers]
    async with rig.superuser() as admin:
        sales = await _rows_of_sales(rig, admin, sellers, keys, count)
        tables = await _make_bare_tables(admin, sales)
        pool = await asyncpg.create_pool(
            rig.stack.addresses.postgres.admin_url, database=DATABASE, min_size=IN_FLIGHT, max_size=IN_FLIGHT
        )

        async def of_product(clock: LegClock) -> None:
            parcels = _fresh_sales(keys, count)
            with clock.running():
                answers = await send_all(rig.stack.addresses.api_url, parcels, IN_FLIGHT)
            if refused := [answer for answer in answers if answer.status != 201]:
                raise Stuck(f"{len(refused)} of {count} sales were not recorded, such as: {refused[0]}")

        async def of_bare(clock: LegClock) -> None:
            await admin.execute(f"TRUNCATE {', '.join(f'{_SCHEMA}.{table}' for table in tables)}")
            waiting = iter(sales)

            async def insert() -> None:
                async with pool.acquire() as connection:
                    for rows in waiting:
                        async with connection.transaction():
                            for statement, row in rows:
                                await connection.execute(statement, row)

            with clock.running():
                await asyncio.gather(*(insert() for _ in range(IN_FLIGHT)))

        processes = rig.processes()
        postgres = {"postgres": processes["postgres"]}
        sides: dict[str, Side] = {
            "product": (postgres | {"api": processes["api"]}, of_product),
            "bare": (postgres, of_bare),
        }
        try:
            compared = await alternate("sales", count, runs, sides, what="sale")
        finally:
            pool.terminate()
    return {**compared, "rows_of_a_sale": round(sum(map(len, sales)) / len(sales), 1), "tables": sorted(tables)}


async def _key_of(rig: Rig, seller: BenchTenant) -> str:
    async with rig.ledger.transaction(seller.tenant) as tx:
        wanted = api_keys.WantedKey(name="sales", scopes=("read", "write"))
        return (await api_keys.create_api_key(tx, rig.vault, wanted, actor="bench")).key.get_secret_value()


def _fresh_sales(keys: Sequence[str], count: int) -> list[Parcel]:
    return [_sale(keys[number % len(keys)]) for number in range(count)]


def _sale(key: str) -> Parcel:
    sale = {
        "external_id": f"bench-{secrets.token_hex(8)}",
        "gross_cents": 11_900,
        "tax_cents": 1_900,
        "sold_at": "2026-10-05T10:00:00Z",
        "partner_code": PARTNER,
    }
    body = json.dumps(sale).encode()
    lines = [
        "POST /api/v1/transactions HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-API-Key: {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return Parcel("\r\n".join([*lines, "", ""]).encode(), body)


async def _rows_of_sales(
    rig: Rig,
    admin: "asyncpg.Connection[asyncpg.Record]",
    sellers: Sequence[BenchTenant],
    keys: Sequence[str],
    count: int,
) -> list[list[Row]]:
    """What a leg of sales wrote, sale by sale."""
    say(f"{count} sales, to see what they write …")
    await send_all(rig.stack.addresses.api_url, _fresh_sales(keys, count), IN_FLIGHT)
    ours = [seller.tenant.id for seller in sellers]
    wrote = await admin.fetch(
        "SELECT xmin::text AS by FROM transactions WHERE tenant_id = ANY ($1) AND source = 'api'", ours
    )
    sales: dict[str, list[Row]] = {row["by"]: [] for row in wrote}
    for table in await admin.fetch(
        "SELECT table_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1"
    ):
        columns = await admin.fetchval(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            table["name"],
        )
        into = f"{_SCHEMA}.{table['name']}"
        statement = f"INSERT INTO {into} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{into}, $1)"
        for row in await admin.fetch(
            f"SELECT xmin::text AS by, to_jsonb(t)::text AS row FROM {table['name']} t WHERE tenant_id = ANY ($1)", ours
        ):
            if row["by"] in sales:
                sales[row["by"]].append((statement, row["row"]))
    return list(sales.values())


async def _make_bare_tables(admin: "asyncpg.Connection[asyncpg.Record]", sales: Sequence[Sequence[Row]]) -> set[str]:
    tables = {statement.split()[2].partition(".")[2] for rows in sales for statement, _ in rows}
    await admin.execute(f"CREATE SCHEMA {_SCHEMA}")
    for table in tables:
        await admin.execute(
            f"CREATE TABLE {_SCHEMA}.{table} (LIKE public.{table} INCLUDING INDEXES INCLUDING GENERATED)"
        )
    return tables
