"""CSV as German spreadsheets read it, and so that no cell becomes a formula (rules.md, Words and content)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledger.types import BERLIN

# OWASP, CSV Injection; the full-width ones are read as the others by spreadsheets set to an East Asian language.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM = "\ufeff"


class Cents(int):
    """An amount of money: written in euros, with a decimal comma."""


def csv_lines(rows: Iterable[Sequence[Any]], *, first: bool = False) -> bytes:
    """Lines of a file: UTF-8, `;`, CRLF. `first` puts the byte-order mark before them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return ((_BOM if first else "") + out.getvalue()).encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case Cents():
            return f"{Decimal(value) / 100:.2f}".replace(".", ",")
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case int():
            return str(value)
        case datetime():
            return value.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S")
        case date():
            return value.strftime("%d.%m.%Y")
        case _:
            text = str(value)
            return f"'{text}" if _is_taken_for_more(text.lstrip("'")) else text


def written_back(cell: str) -> str:
    """What a cell of our own files holds, without the apostrophe that stands before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and _is_taken_for_more(cell.lstrip("'")) else cell


def _is_taken_for_more(text: str) -> bool:
    return _seen(text).startswith(_BEGINS_A_FORMULA) or text[:1].isspace()


def _seen(text: str) -> str:
    """Without what a spreadsheet skips before it looks for a formula: blanks of any kind and what is not visible."""
    return text.lstrip("".join(one for one in text if unicodedata.category(one) in ("Cf", "Zs", "Cc")) or None)
