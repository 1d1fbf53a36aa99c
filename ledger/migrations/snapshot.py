"""The whole schema as one text, to be read and compared: ledger/schema.sql."""

from ledger.migrations.catalog import Schema, Table
from ledger.migrations.table_sql import create_table, wrapped

_HEAD = """\
-- The schema of the ledger as it is, read from the catalogue of a database that was just made.
-- Written by script/schema; a database is made by `partnerdesk migrate`, not from this. What it means: docs/schema.md.
"""


def snapshot(schema: Schema, seeds: dict[str, list[str]]) -> str:
    """Everything but rows of tenants. `seeds`: INSERT statements of the rows that a new database has, by table."""
    keys = primary_keys(schema)
    parts = [_HEAD]
    parts += [
        "\n".join([f"CREATE SEQUENCE {name};", *(f"{grant};" for grant in grants)]) for name, grants in schema.sequences
    ]
    parts += [_table(table, keys, seeds.get(table.name, [])) for table in schema.tables]
    for function in schema.functions:
        comment = (
            [f"COMMENT ON FUNCTION {function.signature} IS {literal(function.comment)};"] if function.comment else []
        )
        parts.append("\n".join([f"{function.definition};", *comment, *(f"{grant};" for grant in function.grants)]))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def primary_keys(schema: Schema) -> dict[str, tuple[str, ...]]:
    """The columns of each table's primary key."""
    return {
        table.name: next((constraint.columns for constraint in table.constraints if constraint.kind == "p"), ())
        for table in schema.tables
    }


def literal(text: str) -> str:
    """The text as SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def _table(table: Table, keys: dict[str, tuple[str, ...]], seeds: list[str]) -> str:
    lines = [create_table(table, keys)]
    if table.comment:
        lines.append(f"COMMENT ON TABLE {table.name} IS {literal(table.comment)}")
    lines += [wrapped(index) for index in table.indexes]
    lines += [
        f"ALTER TABLE {table.name} {words} ROW LEVEL SECURITY"
        for words, said in zip(("ENABLE", "FORCE"), table.row_security, strict=True)
        if said
    ]
    lines += [wrapped(policy) for policy in table.policies]
    lines += table.grants
    lines += [wrapped(trigger.definition) for trigger in table.triggers]
    return "\n".join(f"{line};" for line in [*lines, *seeds])
