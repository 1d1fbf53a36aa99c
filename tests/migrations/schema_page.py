"""docs/schema.md: tables by wing, how they refer to each other, and what triggers do for whom."""

import re
from collections import Counter
from pathlib import PurePosixPath

from ledger.migrations.catalog import Schema, Table, Trigger
from ledger.migrations.texts import Text
from tests.migrations.wings import WINGS

_HEAD = """\
# The schema

Written by `script/schema` from a database that was just made; a test keeps it current. The whole of it, column by
column, is [ledger/schema.sql](../ledger/schema.sql). How it changes stands in
[upgrades](upgrades.md#changing-the-schema), in which order locks are taken in [locks](locks.md).

Every table of a tenant begins with `tenant_id`; row-level security is forced on it, so that a transaction sees the
rows of the one tenant that it names first. Foreign keys are `(tenant_id, id)`. Tables of people open for one person at
a time. Money is whole cents, instants are `timestamptz`, days are `date` and mean Europe/Berlin.

How the wings refer to each other, and how often. References to `tenants` are not drawn: nearly every table has one.
"""

_EVENT = re.compile(r"TRIGGER \w+ (.*?) ON \w+")
_RELIED_ON = " Relied on by "


def schema_page(schema: Schema, texts: tuple[Text, ...]) -> str:
    """The page. Raises ValueError for a table that no wing describes."""
    wings = {text.subject: text.wing for text in texts if text.kind == "table"}
    if strangers := {table.name for table in schema.tables} - wings.keys():
        raise ValueError(f"no wing says what these are: {', '.join(sorted(strangers))}")
    of_wing = {wing: [table for table in schema.tables if wings[table.name] == wing] for wing in WINGS}
    parts = [_HEAD, _map_of_wings(of_wing, wings)]
    for wing, tables in of_wing.items():
        if tables:
            parts.append(_wing(wing, tables))
    parts += [_triggers(of_wing), _functions(schema, texts)]
    return "\n".join(parts)


def _map_of_wings(of_wing: dict[str, list[Table]], wings: dict[str, str]) -> str:
    arrows = Counter(
        (wing, wings[target])
        for wing, tables in of_wing.items()
        for table in tables
        for target in _targets(table)
        if wings[target] != wing
    )
    lines = [f"    {source} -- {count} --> {target}" for (source, target), count in sorted(arrows.items())]
    return "```mermaid\nflowchart BT\n" + "\n".join(lines) + "\n```\n"


def _wing(wing: str, tables: list[Table]) -> str:
    lines = [f"## {wing}\n", "| table | what it is |", "|---|---|"]
    lines += [f"| `{table.name}` | {table.comment}{_parts(table)} |" for table in tables]
    arrows = [
        f'    {target} ||--o{{ {table.name} : "{", ".join(columns)}"'
        for table in tables
        for target, columns in sorted(_targets(table).items())
    ]
    if arrows:
        lines += ["", "```mermaid", "erDiagram", *arrows, "```"]
    return "\n".join([*lines, ""])


def _parts(table: Table) -> str:
    return f" Cut into parts by {table.parts}." if table.parts else ""


def _targets(table: Table) -> dict[str, list[str]]:
    """Tables that it refers to, with the columns that do, but for the tenant."""
    found: dict[str, list[str]] = {}
    for constraint in table.constraints:
        columns = [name for name in constraint.columns if name != "tenant_id"]
        if constraint.target is not None and constraint.target != "tenants":
            found.setdefault(constraint.target, []).extend(columns or ["tenant_id"])
    return found


def _triggers(of_wing: dict[str, list[Table]]) -> str:
    lines = [
        "## Triggers\n",
        "What PostgreSQL does by itself, whoever writes. `deferred`: at the end of the transaction. `PDnnn` is the",
        "SQLSTATE, which `ledger/refusals.py` turns into a refusal.\n",
        "| on | trigger | when | what it does | who relies on it |",
        "|---|---|---|---|---|",
    ]
    for tables in of_wing.values():
        for table in tables:
            lines += [_trigger(table.name, trigger) for trigger in table.triggers]
    return "\n".join([*lines, ""])


def _trigger(table: str, trigger: Trigger) -> str:
    found = _EVENT.search(trigger.definition)
    when = found[1].lower() if found else ""
    if "INITIALLY DEFERRED" in trigger.definition:
        when += ", deferred"
    what, _, who = trigger.comment.partition(_RELIED_ON)
    return f"| `{table}` | `{trigger.name}` | {when} | {what} | {_paths(who)} |"


def _paths(who: str) -> str:
    words = who.removesuffix(".").split(", ")
    return ", ".join(
        f"[{PurePosixPath(word).stem}](../{word})" if word.endswith(".py") else word for word in words if word
    )


def _functions(schema: Schema, texts: tuple[Text, ...]) -> str:
    wings = {text.subject: text.wing for text in texts if text.kind == "function"}
    called = {trigger.function for table in schema.tables for trigger in table.triggers}
    rows = [
        (WINGS.index(wings[function.name]), function)
        for function in schema.functions
        if function.name not in called and "SECURITY DEFINER" in function.definition
    ]
    lines = [
        "## Functions across tenants\n",
        "They run as the owner, who may look past the border between tenants where a policy `lookup` or `functions`",
        "says so, and return ids, states and numbers only. Their texts stand in",
        "[ledger/migrations/functions/](../ledger/migrations/functions/).\n",
        "| wing | function | returns |",
        "|---|---|---|",
    ]
    for place, function in sorted(rows, key=lambda row: (row[0], row[1].signature)):
        returns = re.search(r"RETURNS (.*)", function.definition)
        lines.append(f"| {WINGS[place]} | `{function.signature}` | `{returns[1] if returns else ''}` |")
    return "\n".join([*lines, ""])
