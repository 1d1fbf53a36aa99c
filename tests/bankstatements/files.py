"""The fixtures, read once, and what of them is compared."""

from functools import cache
from pathlib import Path

from bankstatements.models import Message, Statement
from bankstatements.reading import read

FIXTURES = Path(__file__).parent / "fixtures"


@cache
def all_files() -> dict[str, bytes]:
    """Every fixture by its path, schemas apart."""
    return {
        path.relative_to(FIXTURES).as_posix(): path.read_bytes()
        for path in sorted(FIXTURES.rglob("*"))
        if path.suffix in (".xml", ".sta")
    }


def message(name: str) -> Message:
    """What a fixture says."""
    return read(all_files()[name])


def statement(name: str) -> Statement:
    """The only statement of a fixture."""
    (only,) = message(name).statements
    return only


def adds_up(one: Statement) -> bool | None:
    """Whether opening balance and booked entries give the closing one; None where one of them is not told."""
    booked = [entry.signed_cents for entry in one.entries if entry.status == "BOOK"]
    if one.opening is None or one.closing is None or None in booked:
        return None
    return one.opening.cents + sum(cents for cents in booked if cents is not None) == one.closing.cents
