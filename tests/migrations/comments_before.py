"""What the SQL before version 1.0 says beside columns, constraints and indexes, for the baseline to say it, too."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.migrations.chain import Migration
from ledger.migrations.statements import statements

_CREATE = re.compile(r"CREATE TABLE (\w+) \(\n(.*)\n\)", re.DOTALL)
_ALTER = re.compile(r"ALTER TABLE (\w+)\s")
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (\w+) ON")
_ADD = re.compile(r"(?:ALTER TABLE \w+ )?ADD COLUMN (\w+)")
_CONSTRAINT = re.compile(r"(?:ALTER TABLE \w+ )?(?:ADD )?CONSTRAINT (\w+)")
_COLUMN = re.compile(r"(\w+)\s+[a-z]")
_NOT_COLUMNS = ("CHECK", "PRIMARY", "FOREIGN", "UNIQUE", "CONSTRAINT", "DROP", "ALTER", "REFERENCES", "GENERATED")


@dataclass
class Comments:
    """By table (and its columns, and 'constraint x'), and by index."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)


def comments_of(migrations: Iterable[Migration]) -> Comments:
    """The newest word on each."""
    found = Comments()
    for migration in migrations:
        for place, statement in enumerate(statements(migration.sql())):
            _read(statement, found, is_first=place == 0)
    return found


def _read(statement: str, found: Comments, *, is_first: bool) -> None:
    leading, body = _parted(statement)
    if is_first and "" in leading:
        leading = leading[len(leading) - leading[::-1].index("") :]  # what stands above is about the whole file
    before = _text(leading)
    if create := _CREATE.match(body):
        if before:
            found.tables[create[1]] = before
        _lines(create[2].splitlines(), found.columns.setdefault(create[1], {}), "")
    elif alter := _ALTER.match(body):
        _lines(body.splitlines(), found.columns.setdefault(alter[1], {}), before)
    elif (index := _INDEX.match(body)) and before:
        found.indexes[index[1]] = before


def _parted(statement: str) -> tuple[list[str], str]:
    lines = statement.splitlines()
    for place, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("--"):
            return [above.strip() for above in lines[:place]], "\n".join(lines[place:])
    return lines, ""


def _lines(lines: list[str], columns: dict[str, str], before: str) -> None:
    waiting = [before] if before else []
    for raw in lines:
        line = raw.strip()
        if line.startswith("--"):
            waiting.append(line[2:].strip())
            continue
        code, _, beside = line.partition("--")
        subject = _subject(code.strip())
        if subject is None:
            continue
        said = [*waiting, beside.strip()] if beside else waiting
        if text := " ".join(part for part in said if part):
            columns[subject] = text
        waiting = []


def _subject(code: str) -> str | None:
    if found := _ADD.match(code):
        return found[1]
    if found := _CONSTRAINT.match(code):
        return f"constraint {found[1]}"
    if code.startswith(_NOT_COLUMNS):
        return None
    found = _COLUMN.match(code)
    return found[1] if found else None


def _text(lines: list[str]) -> str:
    return "\n".join(line.strip().removeprefix("--").strip() for line in lines if line.strip())
