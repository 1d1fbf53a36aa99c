"""The tree that a file asks for: no circle in it, nobody below a row that is wrong, and sponsors first. Pure."""

from collections.abc import Mapping
from typing import Any

from ledger.imports.rows import RowProblem

Told = Mapping[str, tuple[int, dict[str, Any]]]
"""By code: the line, and the fields that would be written."""
_NAMED = {"sponsor_code": "unknown_sponsor", "predecessor_code": "unknown_predecessor"}


def without_circles(
    told: Told, sponsors: Mapping[str, str | None]
) -> tuple[dict[str, dict[str, Any]], list[RowProblem]]:
    """The rows that can be taken over, by code, and what is wrong with the others.

    `sponsors`: of every partner that is there. Who names a row that is wrong is wrong, too.
    """
    kept = {code: fields for code, (_line, fields) in told.items()}
    problems: list[RowProblem] = []

    def leave_out(code: str, column: str, why: str) -> None:
        problems.append(RowProblem(line=told[code][0], column=column, code=why))
        kept.pop(code, None)

    for code in _in_circles({**sponsors, **{code: _sponsor(code, kept, sponsors) for code in kept}}):
        if code in kept:
            leave_out(code, "sponsor_code", "sponsor_cycle")
    left = True
    while left:
        left = False
        for code, fields in list(kept.items()):
            for column, why in _NAMED.items():
                named = fields.get(column)
                if named is not None and named not in sponsors and named not in kept and code in kept:
                    leave_out(code, column, "named_row_is_wrong" if named in told else why)
                    left = True
    return kept, problems


def in_order(kept: Mapping[str, dict[str, Any]], sponsors: Mapping[str, str | None]) -> list[str]:
    """The codes from the top of the tree down: so no step on the way closes a circle either."""
    above = {**sponsors, **{code: _sponsor(code, kept, sponsors) for code in kept}}
    depth: dict[str | None, int] = {None: 0}
    for first in kept:
        way: list[str] = []
        code: str | None = first
        while code not in depth:
            assert code is not None
            way.append(code)
            code = above.get(code)
        for one in reversed(way):
            depth[one] = depth[above.get(one)] + 1
    return sorted(kept, key=lambda code: depth[code])


def _sponsor(code: str, kept: Mapping[str, dict[str, Any]], sponsors: Mapping[str, str | None]) -> str | None:
    fields = kept[code]
    named: str | None = fields["sponsor_code"] if "sponsor_code" in fields else sponsors.get(code)
    return named


def _in_circles(sponsor_of: Mapping[str, str | None]) -> set[str]:
    """Every code from which the way up comes back to it."""
    found: set[str] = set()
    looked_at: set[str] = set()
    for first in sponsor_of:
        way: dict[str, int] = {}
        code: str | None = first
        while code is not None and code not in looked_at and code not in way:
            way[code] = len(way)
            code = sponsor_of.get(code)
        if code is not None and code in way:
            found |= {one for one, place in way.items() if place >= way[code]}
        looked_at |= way.keys()
    return found
