"""The one text of each function and trigger, and the sentence that says what a table is.

They stand in functions/<wing>.sql and are applied again when they change: a function by CREATE OR REPLACE, a trigger
likewise, a constraint trigger (which PostgreSQL cannot replace) by dropping it first.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.migrations.statements import statements, without_comments

GROUND = "ground"
"""The wing whose functions tables need, in policies and generated columns: applied before the migrations."""

_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\s*\(")
_TRIGGER = re.compile(r"CREATE (OR REPLACE|CONSTRAINT) TRIGGER (\w+)\s.*?\sON (\w+)", re.DOTALL)
_TABLE = re.compile(r"COMMENT ON TABLE (\w+) IS")
_COMMENT = re.compile(r"COMMENT ON (?:TRIGGER (\w+) ON (\w+)|FUNCTION (\w+))")
_RIGHTS = re.compile(r"(?:REVOKE|GRANT) .* ON FUNCTION (\w+)", re.DOTALL)
_ORDER = ("function", "trigger", "table", "comment")


@dataclass(frozen=True)
class Text:
    """What makes one function (with its rights), trigger or comment."""

    wing: str
    kind: str
    """function, trigger, table (the sentence that says what it is) or comment (on a trigger or function)."""
    subject: str
    """Name of the function, trigger or table."""
    table: str
    """Of a trigger, or of a comment on one."""
    name: str
    """Unique among all: 'function find_user(wanted text)', 'trigger follow_the_arrows on payouts'."""
    statements: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Changes with what PostgreSQL is told; comments around it do not count."""
        return hashlib.sha256(";\n".join(without_comments(part) for part in self.statements).encode()).hexdigest()

    @property
    def is_constraint_trigger(self) -> bool:
        """Whether it makes a constraint trigger, which PostgreSQL cannot replace."""
        return "CREATE CONSTRAINT TRIGGER" in self.statements[0]


def read_texts(folder: Path) -> tuple[Text, ...]:
    """All texts, in the order in which they are applied. Raises ValueError for a file that holds anything else."""
    found = [text for path in sorted(folder.glob("*.sql")) for text in _of_file(path)]
    names = [text.name for text in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two texts of {', '.join(sorted(twice))}")
    return tuple(sorted(found, key=lambda text: (_ORDER.index(text.kind), text.wing != GROUND)))


def digest(texts: tuple[Text, ...]) -> str:
    """A hash over all texts, whatever file they stand in."""
    lines = sorted(f"{text.sha256} {text.name}\n" for text in texts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _of_file(path: Path) -> Iterator[Text]:
    parts: list[str] = []
    for statement in statements(path.read_text(encoding="utf-8")):
        said = without_comments(statement)
        if parts and (rights := _RIGHTS.match(said)) and f"FUNCTION {rights[1]}" in parts[0]:
            parts.append(statement)
            continue
        if parts:
            yield _text(path, parts)
        parts = [statement]
    if parts:
        yield _text(path, parts)


def _text(path: Path, parts: list[str]) -> Text:
    said = without_comments(parts[0])
    kind, subject, table = "", "", ""
    if found := _FUNCTION.match(said):
        kind, subject = "function", found[1]
        name = f"function {subject}{_arguments(said, found.end() - 1)}"
    elif found := _TRIGGER.match(said):
        kind, subject, table = "trigger", found[2], found[3]
        name = f"trigger {subject} on {table}"
    elif found := _COMMENT.match(said):
        kind, subject, table = "comment", found[1] or found[3], found[2] or ""
        name = f"comment on {subject}" + (f" on {table}" if table else "")
    elif found := _TABLE.match(said):
        kind, subject = "table", found[1]
        name = f"table {subject}"
    else:
        raise ValueError(f"{path.name}: neither a function nor a trigger nor a comment: {said[:60]!r}")
    return Text(wing=path.stem, kind=kind, subject=subject, table=table, name=name, statements=tuple(parts))


def _arguments(said: str, begin: int) -> str:
    depth = 0
    for place in range(begin, len(said)):
        depth += (said[place] == "(") - (said[place] == ")")
        if depth == 0:
            return " ".join(said[begin : place + 1].split())
    raise ValueError(f"no end of the arguments: {said[:60]!r}")
