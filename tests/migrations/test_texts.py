"""Functions and triggers have one text each, which is applied again when it changes."""

import re
from pathlib import Path

import asyncpg
import pytest

from ledger.migrate import migrate
from ledger.migrations.catalog import read_schema
from ledger.migrations.chain import Chain
from ledger.migrations.errors import MigrationFailed
from ledger.migrations.texts import read_texts
from tests.conftest import Database
from tests.migrations.chains import chain_with

_ROOT = Path(__file__).parents[2]


def _changed(chain: Chain, file: str, before: str, after: str) -> Chain:
    path = chain.folder / "functions" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return Chain(chain.folder)


async def _applied(owner: asyncpg.Connection, since: int) -> list[str]:
    rows = await owner.fetch("SELECT name FROM schema_history WHERE kind = 'text' AND seq > $1 ORDER BY seq", since)
    return [row["name"] for row in rows]


async def test_only_what_changed_is_applied_again(empty: Database, owner: asyncpg.Connection, tmp_path: Path) -> None:
    await migrate(empty.owner_url)
    last = await owner.fetchval("SELECT max(seq) FROM schema_history")
    chain = _changed(
        chain_with(tmp_path),
        "access.sql",
        "SELECT id FROM tenants WHERE slug = wanted",
        "SELECT id FROM tenants WHERE slug = lower(wanted)",
    )
    assert (await migrate(empty.owner_url, chain=chain)).applied == ("functions and triggers",)
    assert await _applied(owner, last) == ["function find_tenant(wanted text)"]
    assert "lower(wanted)" in await owner.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'find_tenant'")
    assert (await migrate(empty.owner_url, chain=chain)).applied == ()


async def test_a_comment_beside_a_function_is_no_change(empty: Database, tmp_path: Path) -> None:
    await migrate(empty.owner_url)
    path = chain_with(tmp_path).folder / "functions" / "access.sql"
    path.write_text("-- More about access.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert (await migrate(empty.owner_url, chain=Chain(tmp_path / "migrations"))).applied == ()


async def test_a_constraint_trigger_is_made_anew_and_keeps_what_is_said_of_it(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    chain = _changed(
        chain_with(tmp_path),
        "payouts.sql",
        "INSERT OR UPDATE OF net_cents, tax_cents, state ON payouts",
        "INSERT OR UPDATE ON payouts",
    )
    await migrate(empty.owner_url, chain=chain)
    row = await owner.fetchrow(
        "SELECT pg_get_triggerdef(oid) AS definition, obj_description(oid, 'pg_trigger') AS said "
        "FROM pg_trigger WHERE tgname = 'lines_add_up' AND NOT tgisinternal"
    )
    assert row is not None
    assert "INSERT OR UPDATE ON public.payouts" in row["definition"]
    assert "Relied on by" in row["said"]


async def test_another_signature_wants_a_migration_and_says_so(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    before = "CREATE OR REPLACE FUNCTION find_tenant(wanted text) RETURNS uuid"
    chain = _changed(chain_with(tmp_path), "access.sql", before, before.replace("uuid", "SETOF uuid"))
    with pytest.raises(
        MigrationFailed, match=r"functions/access.sql, function find_tenant.*drop the old one in a migration"
    ):
        await migrate(empty.owner_url, chain=chain)
    assert await owner.fetchval("SELECT proretset FROM pg_proc WHERE proname = 'find_tenant'") is False
    dropping = chain_with(tmp_path, _0900_find_tenant="DROP FUNCTION find_tenant;")
    await migrate(empty.owner_url, chain=dropping)
    assert await owner.fetchval("SELECT proretset FROM pg_proc WHERE proname = 'find_tenant'") is True


async def test_a_text_that_went_and_comes_back_is_applied(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    path = chain_with(tmp_path).folder / "functions" / "tax.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("-- What a partner is")], encoding="utf-8")
    await migrate(empty.owner_url, chain=chain_with(tmp_path, _0900_no_tax="DROP FUNCTION tax_status_on;"))
    path.write_text(text, encoding="utf-8")
    await migrate(empty.owner_url, chain=Chain(tmp_path / "migrations"))
    assert await owner.fetchval("SELECT count(*) FROM pg_proc WHERE proname = 'tax_status_on'") == 1


async def test_a_text_that_fails_names_its_file(empty: Database, tmp_path: Path) -> None:
    await migrate(empty.owner_url)
    chain = _changed(
        chain_with(tmp_path), "access.sql", "RETURNS TABLE (id uuid, slug text)", "RETURNS TABLE (id uuid, slug txt)"
    )
    with pytest.raises(MigrationFailed, match=r"functions/access.sql, function list_tenants"):
        await migrate(empty.owner_url, chain=chain)


async def test_every_function_and_trigger_of_the_database_has_a_text_and_a_trigger_says_who_relies_on_it(
    database: Database,
) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        schema = await read_schema(connection)
    finally:
        await connection.close()
    texts = Chain().texts
    assert sorted(function.name for function in schema.functions) == sorted(
        text.subject for text in texts if text.kind == "function"
    )
    triggers = {(trigger.name, table.name): trigger for table in schema.tables for trigger in table.triggers}
    assert set(triggers) == {(text.subject, text.table) for text in texts if text.kind == "trigger"}
    for trigger in triggers.values():
        what, _, who = trigger.comment.partition(" Relied on by ")
        assert what.endswith("."), trigger.name
        assert who, trigger.name
        for path in re.findall(r"[\w/]+\.py", who):
            assert (_ROOT / path).exists(), (trigger.name, path)


@pytest.mark.parametrize(
    "text",
    ["CREATE TABLE x (id integer);", "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ $$;", "SELECT 1"],
)
def test_a_file_of_texts_holds_nothing_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "access.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"function|semicolon"):
        read_texts(tmp_path)


def test_a_function_has_one_text(tmp_path: Path) -> None:
    text = "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;\n"
    (tmp_path / "access.sql").write_text(text, encoding="utf-8")
    (tmp_path / "bank.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"two texts of function f\(\)"):
        read_texts(tmp_path)
