"""Row-level security binds the owner: a migration that names no tenant changes no row, and says nothing."""

import re
from uuid import uuid4

import asyncpg
import pytest

from ledger.migrate import SNAPSHOT, migrate
from ledger.migrations.chain import Chain, Migration
from tests.conftest import Database

_BLOCK = re.compile(r"DO (\$\w*\$).*?\1;", re.DOTALL)
_CHANGES = re.compile(r"^\s*(?:UPDATE|DELETE\s+FROM)\s+(\w+)", re.MULTILINE | re.IGNORECASE)
_PUT_RIGHT_LATER = {"0330_sources_of_sales": "0420_rows_of_all_tenants"}
AFTER_BASELINE = Chain().migrations[1:]


def changes_no_row_of(sql: str) -> list[str]:
    """Tables of tenants that a migration means to change outside a loop over the tenants."""
    protected = set(re.findall(r"^ALTER TABLE (\w+) FORCE ROW LEVEL SECURITY;", SNAPSHOT.read_text(), re.MULTILINE))
    told = re.sub(r"--[^\n]*", "", sql)
    for block in _BLOCK.finditer(told):
        if "set_config('app.tenant'" in block[0]:
            told = told.replace(block[0], "")
    return [table for table in _CHANGES.findall(told) if table in protected]


@pytest.mark.parametrize("migration", AFTER_BASELINE, ids=lambda migration: migration.name)
def test_a_migration_changes_the_rows_that_it_means(migration: Migration) -> None:
    if migration.name in _PUT_RIGHT_LATER:
        assert _PUT_RIGHT_LATER[migration.name] in {one.name for one in AFTER_BASELINE}
        return
    assert changes_no_row_of(migration.path.read_text()) == []


def test_what_changes_nothing_is_noticed() -> None:
    assert changes_no_row_of("UPDATE refunds SET cents = 0;") == ["refunds"]
    assert changes_no_row_of("DO $$ BEGIN DELETE FROM refunds; END $$;") == []  # in one line: not looked for
    assert changes_no_row_of("DO $$\nBEGIN\n    UPDATE refunds SET cents = 0;\nEND $$;") == ["refunds"]
    assert changes_no_row_of("UPDATE providers SET is_books = true;") == []


async def test_what_was_told_before_its_source_was_kept_is_of_the_source_that_its_name_shows(
    empty: Database, owner: asyncpg.Connection
) -> None:
    await migrate(empty.owner_url)
    tenant, sale = uuid4(), uuid4()
    admin = await asyncpg.connect(empty.admin_url.rpartition("/")[0] + "/" + empty.app_url.rpartition("/")[2])
    try:
        await admin.execute("SET session_replication_role = replica")
        await admin.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'Acme')", tenant)
        await admin.execute("INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, 'stripe')", tenant)
        told = (("charge", "ch_1"), ("charge", "digistore24:R1"), ("dispute", "4711"), ("credit_note", "x"))
        await admin.executemany(
            """
            INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, counts, as_of)
            VALUES ($1, $2, $3, $4, 1, true, now())
            """,
            [(tenant, sale, *one) for one in told],
        )
        [repair] = [one for one in AFTER_BASELINE if one.name == "0420_rows_of_all_tenants"]
        await owner.execute(repair.path.read_text())
        assert await admin.fetchval("SELECT awaits_invoice FROM provider_connections")
        found = await admin.fetch("SELECT reference, source FROM refunds ORDER BY reference")
        assert [tuple(row) for row in found] == [
            ("4711", None),
            ("ch_1", "stripe"),
            ("digistore24:R1", "digistore24"),
            ("x", None),
        ]
    finally:
        await admin.close()
