"""PostgreSQL's own rendering of an expression, written as a person would: it parses to the same."""

import re

_LISTS = re.compile(r"(= ANY|<> ALL) \(ARRAY\[([^\[\]]*)\]\)")
_SPAN = re.compile(r"((?:\w+\([^()]*\)|\w+)) >= (\S+) AND \1 <= ([^\s()]+)")
_TEXT = re.compile(r"('(?:[^']|'')*')::text\b(?!\[)")
_DOUBLE = re.compile(r"^(CHECK )\(\((.*)\)\)$", re.DOTALL)
_NUMBERS = re.compile(r"\b(\d+)::numeric\b")
_TYPES = (
    ("timestamp with time zone", "timestamptz"),
    ("public.", ""),
    (" USING btree", ""),
)


def plain(sql: str) -> str:
    """The same on one line, with IN and BETWEEN, and without casts that say nothing."""
    sql = " ".join(sql.split()).replace("( ", "(")
    for long, short in _TYPES:
        sql = sql.replace(long, short)
    sql = _TEXT.sub(r"\1", sql)
    sql = _NUMBERS.sub(r"\1", sql)
    sql = _LISTS.sub(lambda found: f"{'IN' if found[1] == '= ANY' else 'NOT IN'} ({found[2]})", sql)
    sql = _SPAN.sub(r"\1 BETWEEN \2 AND \3", sql)
    return _without_double_brackets(sql)


def _without_double_brackets(sql: str) -> str:
    found = _DOUBLE.match(sql)
    if found is None:
        return sql
    depth = 0
    for character in found[2]:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return sql
    return f"{found[1]}({found[2]})"
