"""Files of comma-separated values as spreadsheets and old systems write them: Windows-1252, UTF-8 or UTF-16, with or
without a byte-order mark; semicolons, commas or tabs. Pure.

What a cell means is the reader's business: nothing is taken for a number or a day here.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.refusals import NotAcceptable

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
_DELIMITERS = ";,\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls begin."""


class CsvRow(NamedTuple):
    """`line` is where it begins, as an editor counts it; its cells are as many as the heading's."""

    line: int
    cells: tuple[str, ...]


class BrokenRow(NamedTuple):
    """A row that cannot be told from others: why, and what it holds."""

    line: int
    cells: tuple[str, ...]
    code: str
    params: dict[str, Any]


class CsvFile(NamedTuple):
    """A file that was read. Cells are trimmed, and as they were written otherwise."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    broken: tuple[BrokenRow, ...]


def read(content: bytes) -> CsvFile:
    """The file. Raises NotAcceptable for what is none, or is larger than the bounds above."""
    if len(content) > MOST_BYTES:
        raise NotAcceptable("csv_too_large", most=MOST_BYTES // 1_000_000)
    text, encoding = _text(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text, skipped = first.strip()[4], rest, 1  # how Excel is told
    else:
        delimiter, skipped = _delimiter(text), 0
    header: tuple[str, ...] | None = None
    rows: list[CsvRow] = []
    broken: list[BrokenRow] = []
    for line, cells in _records(text, delimiter, skipped):
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells)
            continue
        if len(rows) + len(broken) >= MOST_ROWS:
            raise NotAcceptable("csv_too_long", most=MOST_ROWS)
        row = CsvRow(line, tuple(cell.strip() for cell in cells))
        if len(cells) != len(header):
            params = {"expected": len(header), "found": len(cells)}
            broken.append(BrokenRow(line, row.cells[: len(header)], "row_fields_differ", params))
        elif any(len(cell) > LONGEST_CELL for cell in cells):
            broken.append(BrokenRow(line, row.cells, "row_cell_too_long", {"most": LONGEST_CELL}))
        else:
            rows.append(row)
    if header is None or not (rows or broken):
        raise NotAcceptable("csv_empty")
    return CsvFile(encoding, delimiter, header, tuple(rows), tuple(broken))


def _text(content: bytes) -> tuple[str, str]:
    if content.startswith(_ARCHIVES):
        raise NotAcceptable("csv_is_spreadsheet")
    try:
        if content.startswith(_UTF16):
            text, encoding = content.decode("utf-16"), "UTF-16"
        else:
            text, encoding = content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            raise NotAcceptable("csv_encoding_unknown") from None
    if "\x00" in text:
        raise NotAcceptable("csv_encoding_unknown")
    return text, encoding


def _delimiter(text: str) -> str:
    """The one that makes the most of the heading; a file of one column has none."""
    heading = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    fields = {one: len(next(csv.reader([heading], delimiter=one), [])) for one in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: fields[one])


def _records(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # A quote that is not closed swallows what follows: nobody knows where the next row begins.
            raise NotAcceptable("csv_quote_not_closed", line=begins) from None
        yield begins, cells


def _header(cells: list[str]) -> tuple[str, ...]:
    named = tuple(" ".join(cell.split()) for cell in cells)
    if len(named) > MOST_COLUMNS:
        raise NotAcceptable("csv_too_wide", most=MOST_COLUMNS)
    if any(len(name) > 200 for name in named):
        raise NotAcceptable("csv_heading_too_long")
    seen: set[str] = set()
    for name in named:
        if name and name.casefold() in seen:
            raise NotAcceptable("csv_column_twice", column=name)
        seen.add(name.casefold())
    return named
