"""The shape of an answer: names and kinds of its members, and no value of anybody's."""

from typing import Any

Shape = Any
"""A kind ("text", "number", "truth", "nothing", "id", "time"), an object of shapes, or a list with one shape."""

_ID_LENGTH = 36


def shape_of(value: object) -> Shape:
    """What a JSON value is made of. A list is one shape that all of its entries have together."""
    match value:
        case dict():
            return {str(name): shape_of(member) for name, member in sorted(value.items())}
        case list():
            merged: Shape = None
            for entry in value:
                merged = shape_of(entry) if merged is None else together(merged, shape_of(entry))
            return [] if merged is None else [merged]
        case bool():
            return "truth"
        case int() | float():
            return "number"
        case None:
            return "nothing"
        case str():
            return _kind_of_text(value)
        case _:
            raise TypeError(type(value).__name__)


def together(one: Shape, other: Shape) -> Shape:
    """The shape of what may be either; a member that only one has is kept."""
    if one == other or other == "nothing":
        return one
    if one == "nothing":
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            name: together(one[name], other[name]) if name in one and name in other else one.get(name, other.get(name))
            for name in sorted(one.keys() | other.keys())
        }
    if isinstance(one, list) and isinstance(other, list):
        return [together(one[0], other[0])] if one and other else one or other
    return "|".join(sorted({*str(one).split("|"), *str(other).split("|")}))


def missing(wanted: Shape, shown: Shape, where: str = "") -> list[str]:
    """What the real one has and the other lacks, or has as another kind; by place. More than wanted is no fault."""
    if isinstance(wanted, dict) and isinstance(shown, dict):
        return [
            fault
            for name, member in wanted.items()
            for fault in (missing(member, shown[name], f"{where}.{name}") if name in shown else [f"{where}.{name}"])
        ]
    if isinstance(wanted, list) and isinstance(shown, list):
        return missing(wanted[0], shown[0], f"{where}[]") if wanted and shown else []
    if "nothing" in (wanted, shown) or (isinstance(wanted, str) and isinstance(shown, str) and _alike(wanted, shown)):
        return []
    return [f"{where}: {wanted} there, {shown} here"]


def _alike(wanted: str, shown: str) -> bool:
    return bool(set(wanted.split("|")) & set(shown.split("|"))) or {wanted, shown} <= {"text", "id", "time"}


def _kind_of_text(text: str) -> str:
    if len(text) == _ID_LENGTH and text.count("-") == 4:
        return "id"
    if len(text) > 10 and text[4:5] == "-" and "T" in text:
        return "time"
    return "text"
