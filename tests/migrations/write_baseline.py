"""`script/baseline`: write the baseline of version 1.0 from the end of the chain before it, and prove that both agree.

The chain is run in a database of its own. What PostgreSQL then says of it is written as SQL, with the comments that the
chain has beside its columns; a second database is made from that and from the texts of functions and triggers; pg_dump
must find no difference. Then the hashes of the texts are kept, so that a database that is taken over keeps its own.
"""

import asyncio
import difflib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import asyncpg

from ledger.migrate import migrate
from ledger.migrations.catalog import Schema, Table, read_schema, read_seeds
from ledger.migrations.chain import FOLDER, Chain
from ledger.migrations.snapshot import primary_keys
from ledger.migrations.table_sql import create_table, named, wrapped
from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from tests.migrations.chains import copied_migrations
from tests.migrations.comments_before import Comments, comments_of
from tests.migrations.databases import made_database
from tests.migrations.dumps import dump
from tests.migrations.old_chain import migrate_before_1_0
from tests.migrations.wings import WINGS, wing_of_tables

BASELINE = "0099_baseline.sql"
BEFORE = "before_1_0"

_HEAD = """\
-- Version 1.0: every table, wing by wing, as the chain before it (before_1_0/) leaves them. Functions, triggers and a
-- sentence for each table stand in functions/<wing>.sql.
--
-- Written once by script/baseline, which proved that both ways lead to the same schema; never changed after 1.0.
--
-- Two roles (ledger/roles.sql): partnerdesk_owner runs this, partnerdesk_app works under forced row-level security. The
-- tenant of a transaction is its first statement: set_config('app.tenant', …, true). Foreign keys are (tenant_id, id).
"""

_OWN = "CREATE POLICY own_{who} ON {table} USING ({key} = current_{who}()) WITH CHECK ({key} = current_{who}())"
_FUNCTIONS = "CREATE POLICY functions ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)"
_LOOKUP = "CREATE POLICY lookup ON {table} FOR SELECT TO CURRENT_USER USING (true)"
_DEFAULT_RIGHTS = "SELECT, INSERT, UPDATE"


def baseline(schema: Schema, seeds: dict[str, list[str]], comments: Comments) -> str:
    """The SQL of the baseline."""
    wings = wing_of_tables()
    keys = primary_keys(schema)
    made: set[str] = set()
    late: list[str] = []
    policies: list[str] = []
    parts = [_HEAD]
    parts += [
        "\n".join([f"CREATE SEQUENCE {name};", *(f"{grant};" for grant in grants)]) for name, grants in schema.sequences
    ]
    for wing in WINGS:
        tables = [table for table in schema.tables if wings[table.name] == wing]
        if tables:
            parts.append(f"-- {wing} {'-' * (116 - len(wing))}")
        for table in _in_order(tables):
            made.add(table.name)
            waiting = [found for found in table.constraints if found.target is not None and found.target not in made]
            late += [f"ALTER TABLE {table.name} ADD {named(table, found, keys)};" for found in waiting]
            policies += [f"{wrapped(words)};" for words in table.policies if "SELECT" in words.partition("USING")[2]]
            parts.append(
                _table(table, keys, comments, frozenset(found.name for found in waiting), seeds.get(table.name, []))
            )
    if policies:
        parts.append("-- Policies that look into other tables.\n" + "\n".join(policies))
    if late:
        parts.append("-- References to tables that come later.\n" + "\n".join(late))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _in_order(tables: list[Table]) -> Iterable[Table]:
    """What others point to first; else by name."""
    rest = sorted(tables, key=lambda table: table.name)
    names = {table.name for table in tables}
    while rest:
        ready = next(
            (
                table
                for table in rest
                if not {found.target for found in table.constraints if found.target in names}
                & {other.name for other in rest if other is not table}
            ),
            rest[0],
        )
        rest.remove(ready)
        yield ready


def _table(
    table: Table, keys: dict[str, tuple[str, ...]], comments: Comments, late: frozenset[str], seeds: list[str]
) -> str:
    lines = []
    if said := comments.tables.get(table.name):
        lines += [f"-- {line}" for line in said.splitlines()]
    of_columns = comments.columns.get(table.name, {})
    lines.append(create_table(table, keys, comments=of_columns, left_out=late) + ";")
    for index in table.indexes:
        name = index.partition(" INDEX ")[2].partition(" ")[0]
        lines += [f"-- {line}" for line in comments.indexes.get(name, "").splitlines()]
        lines.append(f"{wrapped(index)};")
    lines += _protection(table)
    lines += [f"{seed};" for seed in seeds]
    return "\n".join(lines)


def _protection(table: Table) -> list[str]:
    """Row security as the functions of ground.sql set it, where it is what they set."""
    policies = [words for words in table.policies if "SELECT" not in words.partition("USING")[2]]
    grants, lines = list(table.grants), list[str]()
    for key in ("tenant_id", "id"):
        own = _OWN.format(who="tenant", table=table.name, key=key)
        if own in policies and all(table.row_security):
            policies.remove(own)
            rights = _rights(grants, table.name)
            words = [f"'{table.name}'", *(["'id'"] if key == "id" else [])]
            words += [f"rights => '{rights}'"] if rights != _DEFAULT_RIGHTS else []
            lines.append(f"SELECT protect_tenant_table({', '.join(words)});")
            break
    else:
        for key in ("user_id", "id"):
            own, functions = _OWN.format(who="person", table=table.name, key=key), _FUNCTIONS.format(table=table.name)
            if own in policies and functions in policies and all(table.row_security):
                policies.remove(own)
                policies.remove(functions)
                lines.append(f"SELECT protect_person_table('{table.name}', '{key}', '{_rights(grants, table.name)}');")
                break
        else:
            lines += [
                f"ALTER TABLE {table.name} {words} ROW LEVEL SECURITY;"
                for words, said in zip(("ENABLE", "FORCE"), table.row_security, strict=True)
                if said
            ]
    if (lookup := _LOOKUP.format(table=table.name)) in policies:
        policies.remove(lookup)
        lines.append(f"SELECT allow_lookup('{table.name}');")
    return lines + [f"{wrapped(words)};" for words in [*policies, *grants]]


def _rights(grants: list[str], table: str) -> str:
    """Rights of the application on the whole table, in the usual order; taken out of `grants`."""
    for grant in grants:
        if grant.endswith(f" ON {table} TO partnerdesk_app") and "(" not in grant:
            grants.remove(grant)
            rights = grant.removeprefix("GRANT ").partition(" ON ")[0].split(", ")
            return ", ".join(right for right in ("SELECT", "INSERT", "UPDATE", "DELETE") if right in rights)
    return ""


async def _prove(state: Path, folder: Path) -> tuple[str, str]:
    """Write the baseline into `folder`, a copy of the migrations, and return both dumps."""
    server = PostgresServer(state, free_port(), durable=False)
    postgres = await server.start()
    try:
        old = await made_database(postgres)
        await migrate_before_1_0(old.owner_url)
        db = await asyncpg.connect(old.owner_url)
        schema = await read_schema(db)
        text = baseline(schema, await read_seeds(db, schema), comments_of(Chain().before))
        await db.close()
        await asyncio.to_thread((folder / BASELINE).write_text, text, encoding="utf-8")
        new = await made_database(postgres)
        await migrate(new.owner_url, chain=Chain(folder))
        return await dump(old, comments=False), await dump(new, comments=False)
    finally:
        await server.stop()


def main() -> None:
    """Replace the baseline of this checkout, if both ways lead to the same schema; else show the difference and end."""
    with tempfile.TemporaryDirectory(prefix="partnerdesk-baseline-") as name:
        state = Path(name)
        state.chmod(0o711)
        folder = copied_migrations(state)
        for migration in Chain(folder).migrations:
            migration.path.unlink()
        before, after = asyncio.run(_prove(state / "postgres", folder))
        if before != after:
            differences = difflib.unified_diff(
                before.splitlines(), after.splitlines(), BEFORE, BASELINE, lineterm="", n=2
            )
            raise SystemExit("The baseline is not what the chain before it makes:\n" + "\n".join(differences))
        shutil.copy(folder / BASELINE, FOLDER / BASELINE)
    lines = sorted(f"{text.sha256} {text.name}\n" for text in Chain().texts if text.kind in ("function", "trigger"))
    (FOLDER / BEFORE / "texts.txt").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
