"""The page around every list of §1.7: 0-based, 25 by default, 250 at most, a window of 10,000."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import Issue, LegacyRefusal, Refused, RegularRefusal

MAX_SIZE = 250
WINDOW = 10_000
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    number: int
    size: int

    def cut(self, found: Sequence[T]) -> Sequence[T]:
        return found[self.number * self.size : (self.number + 1) * self.size]


def read_page(query: Mapping[str, str], *, legacy: bool = False) -> Page:
    def refuse(text: str) -> Refused:
        if legacy:
            return LegacyRefusal(400, Issue("bad_request_error", text, "bad_request"))
        return RegularRefusal(400, text)

    numbers = {}
    for key, default in (("page", "0"), ("size", "25")):
        value = query.get(key, default)
        if not (value.isascii() and value.isdecimal()) or len(value) > 9:
            raise refuse(f"parameter '{key}' is invalid")
        numbers[key] = int(value)
    page = Page(numbers["page"], numbers["size"])
    if page.size > MAX_SIZE:
        raise refuse(f"parameter 'size' must be equal or lower than {MAX_SIZE}")
    if page.size < 1:
        raise refuse("parameter 'size' must be greater than 0")
    if (page.number + 1) * page.size > WINDOW:
        raise refuse("Maximum search window size exceeded")
    return page


def page_of(content: Sequence[Any], page: Page, total: int, sorted_by: str, direction: str) -> dict[str, Any]:
    total = min(total, WINDOW)
    pages = -(-total // page.size)
    return {
        "content": list(content),
        "first": page.number == 0,
        "last": page.number >= pages - 1,
        "totalPages": pages,
        "totalElements": total,
        "numberOfElements": len(content),
        "size": page.size,
        "number": page.number,
        "sort": [
            {
                "direction": direction,
                "property": sorted_by,
                "ignoreCase": False,
                "nullHandling": "NATIVE",
                "ascending": direction == "ASC",
            }
        ],
    }
