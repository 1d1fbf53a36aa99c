"""A file of SQL, statement by statement."""

import re
from collections.abc import Iterator

# What may hold a semicolon that ends nothing: comments, texts, quoted names, bodies in dollar quotes.
_PIECE = re.compile(
    r"""
    --[^\n]*
    | /\*.*?\*/
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?P<dollar>\$[A-Za-z_]*\$).*?(?P=dollar)
    | ;
    """,
    re.VERBOSE | re.DOTALL,
)

_BESIDE = re.compile(r"[ \t]*--[^\n]*")


def statements(sql: str) -> Iterator[str]:
    """Each statement without its semicolon, with the comment before it and the one on its last line."""
    begin = 0
    for piece in _PIECE.finditer(sql):
        if piece[0] == ";":
            beside = _BESIDE.match(sql, piece.end())
            yield (sql[begin : piece.start()] + (beside[0] if beside else "")).strip()
            begin = beside.end() if beside else piece.end()
    if without_comments(sql[begin:]):
        raise ValueError(f"a statement without its semicolon: {sql[begin:].strip()[:60]!r}")


def without_comments(sql: str) -> str:
    """The same on one line, so that what only reads better is no change."""
    kept = []
    end = 0
    for piece in _PIECE.finditer(sql):
        if piece[0].startswith(("--", "/*")):
            kept.append(sql[end : piece.start()])
            end = piece.end()
    return "".join([*kept, sql[end:]]).strip()
