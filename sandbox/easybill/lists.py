"""Lists: page by page, filtered as the documentation says. An unknown filter is ignored, as the real one does [inf]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import Answer, invalid, json_answer
from .store import Thing

DEFAULT_LIMIT, LARGEST_LIMIT = 100, 1000
Query = Mapping[str, list[str]]
Matches = Callable[[Thing], bool]


def page_of(things: list[Thing], query: Query, filters: Mapping[str, Callable[[Thing, str], bool]]) -> Answer:
    limit, page = _number(query, "limit", DEFAULT_LIMIT), _number(query, "page", 1)
    if limit > LARGEST_LIMIT:
        raise invalid(limit=f"at most {LARGEST_LIMIT}")
    for name, matches in filters.items():
        if asked := [*query.get(name, []), *query.get(f"{name}[]", [])]:
            things = [thing for thing in things if any(matches(thing, text) for text in asked)]
    first = (page - 1) * limit
    return json_answer(
        200,
        {
            "page": page,
            "pages": max(1, -(-len(things) // limit)),
            "limit": limit,
            "total": len(things),
            "items": things[first : first + limit],
        },
    )


def equal(name: str) -> Callable[[Thing, str], bool]:
    """One of several values, separated by commas; `null` is what is not set."""

    def matches(thing: Thing, text: str) -> bool:
        held: Any = thing.get(name)
        asked = text.split(",")
        return "null" in asked if held is None else str(held) in asked

    return matches


def among(name: str) -> Callable[[Thing, str], bool]:
    """One of the values of a list."""
    return lambda thing, text: bool(set(thing.get(name) or ()) & set(text.split(",")))


def flag(name: str) -> Callable[[Thing, str], bool]:
    return lambda thing, text: bool(thing.get(name)) == (text.lower() in ("1", "true"))


def day(name: str) -> Callable[[Thing, str], bool]:
    """One day, or two with a comma: from and to, both included; `null` is what is not set."""

    def matches(thing: Thing, text: str) -> bool:
        held = thing.get(name)
        if held is None or text == "null":
            return held is None and text == "null"
        first, _, last = text.partition(",")
        return bool(first <= held[:10] <= (last or first))

    return matches


def _number(query: Query, name: str, default: int) -> int:
    text = (query.get(name) or [str(default)])[0]
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise invalid(**{name: "a positive number"})
    return int(text)
