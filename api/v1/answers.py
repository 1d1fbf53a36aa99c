"""The shapes that answers of the JSON API share."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, Field

from api.http.problems import ProblemBody
from api.http.rows import shown
from ledger.types import BusinessTime, Frozen, Submitted

Item = TypeVar("Item")
_LARGEST = 2**63 - 1


class Page(BaseModel, Generic[Item]):
    """Newest first. `next_cursor` leads to the next page; it is null on the last one."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, examples=["1742"])


def _position(cursor: str | None) -> str | None:
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and int(cursor[:19]) <= _LARGEST):
        raise ValueError("not a cursor")
    return cursor


Cursor = Annotated[
    str | None,
    AfterValidator(_position),
    Query(max_length=19, description="`next_cursor` der vorigen Seite", examples=["1742"]),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Höchstens so viele Einträge")]
UpdatedSince = Annotated[
    BusinessTime | None,
    Query(
        description="Nur was seither neu ist oder sich geändert hat. Wer regelmäßig fragt, nennt den Zeitpunkt seiner "
        "vorigen Anfrage, eine Minute früher: was gerade geschrieben wird, trägt einen etwas älteren",
        examples=["2026-11-30T08:00:00Z"],
    ),
]


class ListQuery(Submitted):
    """What every list may be asked."""

    updated_since: UpdatedSince = None
    cursor: Cursor = None
    limit: Limit = 50


PartnerCode = Annotated[str, Path(max_length=32, description="Code des Partners", examples=["ANNA"])]
PayoutNo = Annotated[str, Path(max_length=32, description="Nummer der Auszahlung", examples=["PO-2026-0001"])]


def page(
    found: tuple[Sequence[Frozen], object | None], show: Callable[[Any], dict[str, Any]] | None = None
) -> dict[str, Any]:
    rows, following = found
    return {
        "items": [(show or shown)(row) for row in rows],
        "next_cursor": None if following is None else str(following),
    }


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemBody, "description": text}
    for status, text in {
        401: "Der Schlüssel ist unbekannt, abgelaufen oder widerrufen",
        403: "Dem Schlüssel fehlt das Recht",
        404: "Das gibt es in diesem Mandanten nicht",
        409: "Das geht im jetzigen Zustand nicht",
        422: "Angaben fehlen oder sind nicht zulässig",
        429: "Der Schlüssel hat in dieser Minute zu oft gefragt; `Retry-After` nennt die Wartezeit",
        503: "Zurzeit nicht verfügbar; `Retry-After` nennt die Wartezeit",
    }.items()
}
