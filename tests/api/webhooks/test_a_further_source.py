"""A further source of sales is a reader and the rows that CONTRIBUTING.md names."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from api.actions.sources import receiving, registry
from ledger.connections import source_secrets
from sandbox.postgres import PostgresAddresses
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.api.webhooks import tillbell
from tests.conftest import Database
from tests.fixtures.door import Door, new_door, running
from tests.fixtures.products import own_database

SECRET = "a secret of the till"
CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"
ROWS = {
    "api/actions/sources/registry.py",
    "ledger/connections/source_secrets.py",
    "api/webhooks/sources.py",
    "ledger/migrations/",
}
"""Where a further source adds a row, and this test does."""


@pytest.fixture
async def till_shop(
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    postgres: PostgresAddresses,
    engine_address: TemporalAddresses,
    product_settings: Settings,
) -> AsyncIterator[Door]:
    """A tenant of an application that knows the till, which has its secret; a campaign that pays ANNA 20 %."""
    monkeypatch.setitem(registry.SOURCES, tillbell.NAME, tillbell.ROW)
    monkeypatch.setitem(source_secrets._SECRET, tillbell.NAME, re.compile(r"[\x20-\x7e]{8,500}"))
    made = await own_database(postgres)
    owner = await asyncpg.connect(made.owner_url)
    await owner.execute("INSERT INTO providers (name, is_books, is_source) VALUES ($1, false, true)", tillbell.NAME)
    await owner.close()
    own = product_settings.model_copy(update={"database_url": SecretStr(made.app_url)})
    async with running(own) as (app, http):
        app.include_router(tillbell.door())
        door = await new_door((app, http))
        await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
        await door.api("POST", "campaigns/sommer/plans", {"levels": [{"level": 1, "percent": "20"}]})
        await door.api("POST", "campaigns/sommer/default")
        await door.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
        async with door.parts.ledger.transaction(door.tenant) as tx:
            await source_secrets.save(tx, door.parts.vault, tillbell.NAME, secret=SECRET, actor="test")
        yield door


async def tell(door: Door, body: bytes, *, secret: str = SECRET) -> tuple[int, str]:
    headers = {"X-Till": tillbell.signature(body, secret)}
    answer = await door.http.post(f"/api/webhooks/{door.tenant.slug}/tillbell", content=body, headers=headers)
    return answer.status_code, str(answer.json()["status"])


async def test_a_sale_of_a_further_source_earns_once_and_strangers_are_refused(till_shop: Door) -> None:
    sold = b"sold 4711 ANNA 11900"
    assert await tell(till_shop, sold, secret="another secret of a till") == (401, "401")
    assert await tell(till_shop, sold) == (200, "accepted")
    assert await tell(till_shop, sold) == (200, "duplicate")
    assert await tell(till_shop, b"opened 1") == (200, "ignored")
    [sale] = (await till_shop.api("GET", "transactions")).json()["items"]
    assert (sale["source"], sale["state"], sale["base_cents"]) == (tillbell.NAME, "approved", 10_000)
    told = (await till_shop.api("GET", f"transactions/{sale['id']}")).json()["commissions"]
    assert [(one["partner_code"], one["net_cents"]) for one in told] == [("ANNA", 2_000)]
    tried = await receiving.probe(till_shop.parts, tillbell.NAME, till_shop.tenant)
    assert tried.status == "ignored"


def test_what_describes_adding_a_source_names_the_rows_that_this_test_adds() -> None:
    told = CONTRIBUTING.read_text(encoding="utf-8").partition("### A source of sales only")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", told, re.MULTILINE)) == ROWS
