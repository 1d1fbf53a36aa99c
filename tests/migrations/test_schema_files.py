"""What is written about the schema is what the schema is."""

import asyncpg
import pytest

from ledger.migrate import differences, migrate
from ledger.migrations.errors import WrongDatabase
from tests.conftest import Database
from tests.migrations.old_chain import migrate_before_1_0
from tests.migrations.write_schema import texts_of_schema


async def test_the_snapshot_and_the_page_about_the_schema_are_current(database: Database) -> None:
    for path, text in (await texts_of_schema(database.owner_url)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: run script/schema"


async def test_what_was_changed_by_hand_is_shown(empty: Database, owner: asyncpg.Connection) -> None:
    await migrate(empty.owner_url)
    assert await differences(empty.owner_url) == []
    await owner.execute("ALTER TABLE payouts ADD COLUMN by_hand integer; DROP TRIGGER payouts_stay ON payouts")
    lines = await differences(empty.owner_url)
    assert any(line.startswith("+    by_hand") for line in lines), lines
    assert any(line.startswith("-CREATE TRIGGER payouts_stay") for line in lines), lines


async def test_a_database_that_is_behind_is_not_compared(empty: Database) -> None:
    await migrate_before_1_0(empty.owner_url, until="0024")
    with pytest.raises(WrongDatabase, match="partnerdesk migrate"):
        await differences(empty.owner_url)
