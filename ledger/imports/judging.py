"""What a row of a file would do: judged for a preview, and once more, under locks, for taking it over."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ledger.imports.rows import RowProblem
from ledger.types import Frozen

Outcome = Literal["new", "changed", "same"]


class Difference(Frozen):
    """What a column holds here and in the file; of an account only the end of its IBAN."""

    column: str
    before: Any
    after: Any


class Judged(NamedTuple):
    """One row that can be taken over. `about` is what people know its object by; `plan` is what its kind will do."""

    line: int
    about: str
    outcome: Outcome
    differences: tuple[Difference, ...]
    plan: Any


class Judgement(NamedTuple):
    """All rows that can be taken over, and what is wrong with the others."""

    rows: list[Judged]
    problems: list[RowProblem]


def outcome(*, is_known: bool, differences: Sequence[Difference]) -> Outcome:
    """What a row does to an object."""
    if not is_known:
        return "new"
    return "changed" if differences else "same"
