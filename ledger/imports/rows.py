"""Rows of a file as values, by a mapping of its columns. What is wrong with a row is noted, not raised: all of it, so
that one look at a file is enough to mend it. Pure.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, Field, ValidationError

from ledger.csv_reading import CsvFile
from ledger.csv_writing import written_back
from ledger.imports import cells
from ledger.imports.cells import Days, Guess, Numbers, Style
from ledger.imports.columns import COLUMNS, Column, Kind, Shape, column
from ledger.reasons import CODE
from ledger.refusals import NotAcceptable, Refused
from ledger.types import Frozen, Submitted

M = TypeVar("M", bound=BaseModel)

_FORMULA = ("=", "@", "\uff1d", "\uff20")
"""A plus begins a phone number, a minus an amount."""
_AMOUNTS = (Shape.AMOUNT, Shape.RATE)
_DAYS = (Shape.DAY, Shape.MOMENT)


class Mapping(Submitted):
    """For each heading the column that it is, or None: left out. How amounts and days are written, where it matters."""

    columns: tuple[str | None, ...] = Field(max_length=100)
    numbers: Numbers | None = None
    days: Days | None = None


class RowProblem(Frozen):
    """What is wrong with a cell (`column`: its field) or a row, and by its sentence how to mend it."""

    line: int
    column: str | None = None
    code: str
    params: dict[str, Any] = Field(default_factory=dict)


class Asked(NamedTuple):
    """What only a person knows about a file before it can be read, with the cell that shows it."""

    code: str
    params: dict[str, Any]


class Row(NamedTuple):
    """Values by column; of a column that the file has, an empty cell is None."""

    line: int
    values: dict[str, Any]


class ReadRows(NamedTuple):
    """Rows that could be read, what is wrong with the others, and how many there are in all."""

    rows: list[Row]
    problems: list[RowProblem]
    total: int
    partly: list[Row]
    """What could be read of rows with a cell that could not."""


def check(kind: Kind, header: Sequence[str], mapping: Mapping) -> None:
    """Whether the mapping fits the file. Raises NotAcceptable."""
    names = [name for name in mapping.columns if name is not None]
    known = {one.name for one in COLUMNS[kind]}
    if len(mapping.columns) != len(header) or not set(names) <= known:
        raise NotAcceptable("mapping_not_of_file")
    for name in names:
        if names.count(name) > 1:
            raise NotAcceptable("mapping_column_twice", column=column(kind, name).both)


def style_of(kind: Kind, file: CsvFile, mapping: Mapping) -> tuple[Style, list[Asked]]:
    """How the file writes amounts and days: as its cells show, else as the mapping says; else a person is asked."""
    numbers = cells.numbers_of(_cells(kind, file, mapping, _AMOUNTS))
    days = cells.days_of(_cells(kind, file, mapping, _DAYS))
    asked = [
        Asked(code, {"cell": guess.unclear})
        for code, guess, said in (
            ("file_numbers_unclear", numbers, mapping.numbers),
            ("file_days_unclear", days, mapping.days),
        )
        if guess.unclear is not None and guess.style is None and said is None
    ]
    return Style(
        Numbers(_chosen(numbers, mapping.numbers) or Numbers.GERMAN),
        Days(_chosen(days, mapping.days) or Days.DAY_FIRST),
    ), asked


def read_rows(kind: Kind, file: CsvFile, mapping: Mapping, style: Style) -> ReadRows:
    """Every row with its values; a row with a problem is not among them."""
    problems = [RowProblem(line=one.line, code=one.code, params=one.params) for one in file.broken]
    rows: list[Row] = []
    partly: list[Row] = []
    told = [(place, column(kind, name)) for place, name in enumerate(mapping.columns) if name is not None]
    missing = [one for one in COLUMNS[kind] if one.required and one not in [known for _, known in told]]
    if missing:
        raise NotAcceptable("mapping_column_missing", column=missing[0].both)
    for row in file.rows:
        values: dict[str, Any] = {}
        found: list[RowProblem] = []
        for place, one in told:
            try:
                values[one.name] = _value(one, row.cells[place], style)
            except NotAcceptable as refused:
                found.append(RowProblem(line=row.line, column=one.name, code=refused.code, params=refused.params))
        if found:
            problems += found
            partly.append(Row(row.line, values))
        else:
            rows.append(Row(row.line, values))
    return ReadRows(rows, problems, len(file.rows) + len(file.broken), partly)


def fitted(
    model: type[M], values: dict[str, Any], line: int, names: dict[str, str] | None = None
) -> M | list[RowProblem]:
    """The values as this model, or all that is wrong with them. `names`: columns by member."""
    try:
        return model.model_validate(values)
    except (ValidationError, Refused) as whole:
        return each_alone(model, values, line, names) or [_of_row(whole, line)]


def each_alone(
    model: type[BaseModel], values: dict[str, Any], line: int, names: dict[str, str] | None = None
) -> list[RowProblem]:
    """What is wrong with each of these values, whatever the others are."""
    alone = {member: _alone(model, member, value) for member, value in values.items()}
    return [
        RowProblem(line=line, column=(names or {}).get(member, member), code=wrong.code, params=wrong.params)
        for member, wrong in alone.items()
        if wrong is not None
    ]


def _alone(model: type[BaseModel], member: str, value: Any) -> NotAcceptable | None:
    """Why this member cannot be, whatever the others are."""
    try:
        model.model_validate({member: value})
    except Refused as refused:
        return NotAcceptable(refused.code, **refused.params)
    except ValidationError as error:
        for one in error.errors():
            if one["loc"][:1] == (member,):
                return _in_codes(one, value)
    return None


def _of_row(wrong: ValidationError | Refused, line: int) -> RowProblem:
    if isinstance(wrong, Refused):
        return RowProblem(line=line, code=wrong.code, params=wrong.params)
    first = wrong.errors()[0]
    refused = _in_codes(first, None)
    return RowProblem(
        line=line, column=str(first["loc"][0]) if first["loc"] else None, code=refused.code, params=refused.params
    )


def _in_codes(error: Any, value: Any) -> NotAcceptable:
    context = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return NotAcceptable("cell_missing")
        case "string_too_short" if not value:
            return NotAcceptable("cell_missing")
        case "string_too_long":
            return NotAcceptable("cell_too_long", most=context["max_length"])
        case "value_error" if CODE.fullmatch(str(context["error"])):
            return NotAcceptable(str(context["error"]))  # one of the ledger's own
        case _ if value is None:
            return NotAcceptable("cell_missing")
        case _:
            return NotAcceptable("cell_not_acceptable")


def _chosen(guess: Guess, said: str | None) -> str | None:
    return guess.style or said


def _cells(kind: Kind, file: CsvFile, mapping: Mapping, shapes: tuple[Shape, ...]) -> Iterable[str]:
    places = [
        place for place, name in enumerate(mapping.columns) if name is not None and column(kind, name).shape in shapes
    ]
    return (row.cells[place] for row in file.rows for place in places)


def _value(one: Column, cell: str, style: Style) -> Any:
    if not cell:
        if one.required:
            raise NotAcceptable("cell_missing")
        return None
    if cell.startswith(_FORMULA):
        raise NotAcceptable("cell_is_formula")
    cell = written_back(cell)
    match one.shape:
        case Shape.TEXT | Shape.HIDDEN:
            return cell
        case Shape.CODE:
            return cell.upper()
        case Shape.SLUG:
            return cell.lower()
        case Shape.AMOUNT:
            return cells.cents(cell, style.numbers)
        case Shape.RATE:
            return cells.decimal(cell, style.numbers)
        case Shape.DAY:
            return cells.day(cell, style.days)
        case Shape.MOMENT:
            return cells.moment(cell, style.days)
        case Shape.WHOLE:
            return cells.whole(cell)
        case Shape.YES:
            return cells.yes(cell)
        case Shape.WORD:
            return cells.word(cell, one.values)
