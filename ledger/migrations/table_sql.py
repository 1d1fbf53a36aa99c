"""A table of the catalogue as CREATE TABLE: what speaks of one column stands with it, default names are left out."""

import re
import textwrap
from collections.abc import Mapping

from ledger.migrations.catalog import Column, Constraint, Table

_WIDEST_NAME = 28
_WIDTH = 118
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_CLAUSES = re.compile(
    r" (?=(?:WHERE|INCLUDE|CHECK|GENERATED ALWAYS AS|USING|WITH CHECK|AFTER|BEFORE|FOR EACH|WHEN|EXECUTE FUNCTION) )"
)
_SPACE = "\x1f"  # stands for a space at which no line may end


def create_table(
    table: Table,
    keys: Mapping[str, tuple[str, ...]],
    *,
    comments: Mapping[str, str] | None = None,
    left_out: frozenset[str] = frozenset(),
) -> str:
    """CREATE TABLE without its semicolon.

    `keys` has the primary key of each table; a foreign key to it names no columns. `comments` stand beside columns;
    constraints named in `left_out` are those that come later.
    """
    of_column = {column.name: _inline(table, column, keys, left_out) for column in table.columns}
    inline = {name for found in of_column.values() for name, _ in found}
    width = min(max(len(column.name) for column in table.columns), _WIDEST_NAME)
    lines = [
        (
            _column(column, width, [words for _, words in of_column[column.name]]),
            (comments or {}).get(column.name, ""),
        )
        for column in table.columns
    ]
    lines += [
        (named(table, constraint, keys), (comments or {}).get(f"constraint {constraint.name}", ""))
        for constraint in table.constraints
        if constraint.name not in inline | left_out
    ]
    body = []
    for place, (line, comment) in enumerate(lines):
        comma = "," if place < len(lines) - 1 else ""
        body.append(_with_comment(f"    {line}{comma}", comment))
    options = f" WITH ({table.options})" if table.options else ""
    parts = f" PARTITION BY {table.parts}" if table.parts else ""
    return f"CREATE TABLE {table.name} (\n" + "\n".join(body) + f"\n){parts}{options}"


def wrapped(sql: str, indent: str = "") -> str:
    """The same in lines of at most 120 characters, clause by clause; no literal is cut."""
    if len(indent) + len(sql) <= _WIDTH:
        return indent + sql
    kept = _LITERAL.sub(lambda found: found[0].replace(" ", _SPACE), sql)
    lines: list[str] = []
    for clause in _CLAUSES.split(kept):
        lines += textwrap.wrap(
            clause,
            _WIDTH,
            initial_indent=indent + "    " if lines else indent,
            subsequent_indent=indent + "    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines).replace(_SPACE, " ")


def named(table: Table, constraint: Constraint, keys: Mapping[str, tuple[str, ...]]) -> str:
    """A constraint as ADD and CREATE TABLE take it, with its name where PostgreSQL would give it another one."""
    words = _short(constraint, keys)
    if constraint.name == _default_name(table, constraint) or constraint.name in _numbered(table):
        return words
    return f"CONSTRAINT {constraint.name} {words}"


def _numbered(table: Table) -> list[str]:
    """Names of checks of several columns, if they are those that PostgreSQL gives in this order."""
    names = [found.name for found in table.constraints if found.kind == "c" and len(found.columns) > 1]
    given = [f"{table.name}_check{place or ''}" for place in range(len(names))]
    own = [name for name in names if re.fullmatch(rf"{table.name}_check\d*", name)]
    return own if own == given[: len(own)] else []


def _column(column: Column, width: int, words: list[str]) -> str:
    definition = column.definition
    if "PRIMARY KEY" in words:
        words = [word for word in words if word != "PRIMARY KEY"]
        definition = definition.replace(" NOT NULL", "", 1).replace(column.type, f"{column.type} PRIMARY KEY", 1)
    return " ".join([f"{column.name:<{width}} {definition}", *words])


def _inline(
    table: Table, column: Column, keys: Mapping[str, tuple[str, ...]], left_out: frozenset[str]
) -> list[tuple[str, str]]:
    found = []
    for constraint in table.constraints:
        if constraint.columns != (column.name,) or constraint.name in left_out:
            continue
        if constraint.name != _default_name(table, constraint) or constraint.kind == "x":
            continue
        words = _short(constraint, keys)
        for beginning in (f"FOREIGN KEY ({column.name}) ", f"PRIMARY KEY ({column.name})", f"UNIQUE ({column.name})"):
            if words.startswith(beginning):
                words = beginning.partition("(")[0].replace("FOREIGN KEY ", "") + words[len(beginning) :]
        found.append((constraint.name, words.strip()))
    return found


def _short(constraint: Constraint, keys: Mapping[str, tuple[str, ...]]) -> str:
    words = constraint.definition
    if constraint.target is not None:
        words = words.replace(
            f"REFERENCES {constraint.target}({', '.join(keys[constraint.target])})", f"REFERENCES {constraint.target}"
        )
    return words


def _default_name(table: Table, constraint: Constraint) -> str:
    """Without the number that a second one gets: such a name is written."""
    columns = constraint.columns
    if constraint.kind == "p":
        return f"{table.name}_pkey"
    if constraint.kind == "c":
        return f"{table.name}_{columns[0]}_check" if len(columns) == 1 else f"{table.name}_check"
    return f"{table.name}_{'_'.join(columns)}_{ {'u': 'key', 'f': 'fkey', 'x': 'excl'}[constraint.kind] }"


def _with_comment(line: str, comment: str) -> str:
    # Names of columns stand one below the other, so these spaces are not to be folded.
    name, code = line[: len(line) - len(line.lstrip())], line.strip()
    if comment and "\n" not in comment and len(line) + len(comment) + 4 <= _WIDTH:
        return f"{line}  -- {comment}"
    before = [f"    -- {part}" for part in textwrap.wrap(comment, _WIDTH - 8, break_on_hyphens=False)]
    if len(line) > _WIDTH:
        first, _, rest = code.partition(" ")
        spaces = rest[: len(rest) - len(rest.lstrip())].replace(" ", _SPACE)
        line = wrapped(f"{first}{_SPACE}{spaces}{rest.lstrip()}", name)
    return "\n".join([*before, line])
