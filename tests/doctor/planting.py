"""Differences that constraints forbid, planted as the superuser with triggers off; and the doctor's findings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from api.operators import examine_tenants
from tests.conftest import Database
from tests.house import Shop


@asynccontextmanager
async def superuser(database: Database) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Sees every tenant, and no trigger or foreign key stops it."""
    name = urlsplit(database.app_url).path
    connection = await asyncpg.connect(urlsplit(database.admin_url)._replace(path=name).geturl())
    try:
        await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()


async def plant(database: Database, sql: str, *args: Any) -> None:
    async with superuser(database) as connection:
        await connection.execute(sql, *args)


async def examine(
    shop: Shop, *, accept: str | None = None, engine_at: str | None = None, **settings: Any
) -> dict[str, Any]:
    """As `partnerdesk doctor --tenant … --json` does it."""
    engine = shop.house.engine
    # Another product of this session may have told the environment of its own engine since.
    of_this_house = {
        "TEMPORAL_ADDRESS": engine_at or engine.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": engine.namespace,
    }
    with pytest.MonkeyPatch.context() as environment:
        for name, value in of_this_house.items():
            environment.setenv(name, value)
        [report] = await examine_tenants(
            shop.house.settings.model_copy(update=settings),
            shop.tenant.slug,
            by="cli:test",
            accept=accept,
            say=lambda _: None,
        )
    return report


async def checks(shop: Shop, **settings: Any) -> list[str]:
    return sorted(one["check"] for one in (await examine(shop, **settings))["differences"])
