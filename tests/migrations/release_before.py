"""What the last release cannot live with: while a new release comes in, its processes work beside the new schema.

A migration expands; what it takes away, a later one takes, once no release that still uses it runs (docs/upgrades.md).
Two lines of a migration say otherwise, and are read here:

    -- contracts: 0384                              only code that knows migration 0384 lives with this one
    -- beside: payouts.state_reason, nothing reads it since 0330      one finding, and why it is none
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.migrations.chain import Migration
from ledger.migrations.statements import statements, without_comments
from ledger.migrations.texts import Text

_BESIDE = re.compile(r"^-- beside: ([\w.]+), \S", re.MULTILINE)
_CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
_ALTER_TABLE = re.compile(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+)\s+(.*)", re.DOTALL)
_DROP_TABLE = re.compile(r"DROP (?:TABLE|VIEW) (?:IF EXISTS )?([\w, ]+)")
_DROP_FUNCTION = re.compile(r"DROP FUNCTION (?:IF EXISTS )?(\w+)")
_UNIQUE_INDEX = re.compile(r"CREATE UNIQUE INDEX (?:IF NOT EXISTS )?(?:(\w+) )?ON (\w+)\s*(.*)", re.DOTALL)
_REVOKE = re.compile(r"REVOKE .* ON (?:TABLE )?(\w+) FROM partnerdesk_app", re.DOTALL)
_CONSTRAINT = re.compile(r"ADD (?:CONSTRAINT (\w+) )?(CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b(.*)", re.DOTALL)
_ADD_COLUMN = re.compile(r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(\w+) (.*)", re.DOTALL)
_DROP_CONSTRAINT = re.compile(r"DROP CONSTRAINT (?:IF EXISTS )?(\w+)")
_DROP_COLUMN = re.compile(r"DROP (?:COLUMN )?(?:IF EXISTS )?(\w+)")
_RENAME = re.compile(r"RENAME (?:TO|(?:COLUMN )?(\w+) TO) \w+")
_ALTER_COLUMN = re.compile(r"ALTER (?:COLUMN )?(\w+) (SET NOT NULL|DROP DEFAULT|(?:SET DATA )?TYPE)\b")
_RETURNS = re.compile(r"\bRETURNS\s+(.*?)\s+(?:LANGUAGE|STABLE|IMMUTABLE|VOLATILE|SECURITY|AS)\b", re.DOTALL)


@dataclass(frozen=True)
class Release:
    """What processes of a release expect of the database."""

    version: str
    migrations: frozenset[str]
    """Their names."""
    tables: Mapping[str, tuple[str, ...]]
    """With their columns."""
    functions: Mapping[str, str]
    """What each returns, by its name with its arguments."""
    unnamed: frozenset[str]
    """Columns (table.column) that none of its SQL names: a migration that contracts may take them."""

    @classmethod
    def read(cls, file: Path) -> "Release":
        told = json.loads(file.read_text(encoding="utf-8"))
        return cls(
            version=told["version"],
            migrations=frozenset(told["migrations"]),
            tables={table: tuple(columns) for table, columns in told["tables"].items()},
            functions=told["functions"],
            unnamed=frozenset(told["unnamed"]),
        )


@dataclass(frozen=True)
class Finding:
    """`subject`: table, table.column, constraint or function that the release relies on."""

    subject: str
    what: str
    is_taken: bool = False
    """It is gone, which is what a migration that contracts is for."""


def findings(migration: Migration, release: Release) -> list[str]:
    """What the release cannot live with, as sentences; empty for a migration that only expands."""
    sql = migration.sql()
    excused = set(_BESIDE.findall(sql))
    return [
        f"{migration.name}: {found.subject} {found.what}"
        for found in _of_sql(sql, release)
        if found.subject not in excused and not (found.is_taken and migration.contracts and _is_unused(found, release))
    ]


def changed_functions(texts: tuple[Text, ...], gone: set[str], release: Release) -> list[str]:
    """What the release calls and now takes or returns something else. `gone`: dropped by a migration that contracts."""
    now = {text.name.removeprefix("function "): returned(text) for text in texts if text.kind == "function"}
    found = []
    for name, returns in release.functions.items():
        if name not in now and name.partition("(")[0] not in gone:
            found.append(f"{name} is called by {release.version}: keep it, and give what is new another name")
        elif now.get(name, returns) != returns:
            found.append(f"{name} returns {now[name]}, and {release.version} expects {returns}")
    return found


def dropped_functions(migration: Migration) -> set[str]:
    """Names of the functions that a migration drops."""
    return set(_DROP_FUNCTION.findall(without_comments(migration.sql())))


def returned(text: Text) -> str:
    """What a function returns, on one line."""
    found = _RETURNS.search(without_comments(text.statements[0]))
    return " ".join(found[1].split()) if found else ""


def _is_unused(found: Finding, release: Release) -> bool:
    return found.subject in release.unnamed or "." not in found.subject


def _of_sql(sql: str, release: Release) -> Iterator[Finding]:
    told = [without_comments(statement) for statement in statements(sql)]
    created = {name for statement in told for name in _CREATED.findall(statement)}
    added = {name for statement in told for name in re.findall(r"ADD COLUMN (?:IF NOT EXISTS )?(\w+)", statement)}
    dropped = {name for statement in told for name in _DROP_CONSTRAINT.findall(statement)}
    for statement in told:
        if found := _DROP_TABLE.match(statement):
            for table in re.findall(r"\w+", found[1]):
                if table in release.tables:
                    yield Finding(table, "is dropped", is_taken=True)
        elif found := _DROP_FUNCTION.match(statement):
            if any(name.partition("(")[0] == found[1] for name in release.functions):
                yield Finding(found[1], "is dropped", is_taken=True)
        elif (found := _REVOKE.match(statement)) and found[1] in release.tables:
            yield Finding(found[1], "loses a right")
        elif (found := _UNIQUE_INDEX.match(statement)) and found[2] in release.tables and found[2] not in created:
            if not added & _named(found[3]):
                yield Finding(found[1] or found[2], f"forbids rows of {found[2]} that the release may write")
        elif (found := _ALTER_TABLE.match(statement)) and found[1] in release.tables and found[1] not in created:
            yield from _of_table(found[1], found[2], release.tables[found[1]], dropped, added)


def _of_table(
    table: str, actions: str, columns: tuple[str, ...], dropped: set[str], added: set[str]
) -> Iterator[Finding]:
    for action in _parts(actions):
        if found := _CONSTRAINT.match(action):
            # One that is dropped and made anew is wider, and one over a new column spares rows without it: what they
            # forbid beyond is for the review.
            if found[1] not in dropped and not added & _named(found[3]):
                yield Finding(found[1] or table, f"forbids rows of {table} that the release may write")
        elif found := _ADD_COLUMN.match(action):
            must = re.search(r"\bNOT NULL\b|\bPRIMARY KEY\b", found[2])
            if must and not re.search(r"\bDEFAULT\b|\bGENERATED\b", found[2]):
                yield Finding(f"{table}.{found[1]}", "must be there and has no default: the release does not write it")
        elif _DROP_CONSTRAINT.match(action):
            continue
        elif (found := _DROP_COLUMN.match(action)) and found[1] in columns:
            yield Finding(f"{table}.{found[1]}", "is dropped", is_taken=True)
        elif found := _RENAME.match(action):
            yield Finding(f"{table}.{found[1]}" if found[1] else table, "is renamed", is_taken=True)
        elif (found := _ALTER_COLUMN.match(action)) and found[1] in columns:
            yield Finding(f"{table}.{found[1]}", f"changes ({found[2]}) under the release that writes it")


def _named(said: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"'(?:[^']|'')*'", "", said)))


def _parts(actions: str) -> Iterator[str]:
    """The actions of an ALTER TABLE."""
    depth, begin = 0, 0
    for place, character in enumerate(actions):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield actions[begin:place].strip()
            begin = place + 1
    yield actions[begin:].strip()
