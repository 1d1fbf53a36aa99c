"""A row as doors show it, and where a list goes on."""

from typing import Any

from api.http.language import in_words
from ledger.reasons import Reason
from ledger.types import Frozen


def after(cursor: str | None) -> int | None:
    """The number after which the next page begins, from a cursor that was checked."""
    return None if cursor is None else int(cursor)


def changes_in_words(changes: Any) -> Any:
    """What an event changed, its reasons as sentences: a row holds them as codes."""
    match changes:
        case {"code": str() as code, "params": dict() as params}:
            return in_words(Reason(code=code, params=params))
        case dict():
            return {name: changes_in_words(value) for name, value in changes.items()}
        case list():
            return [changes_in_words(value) for value in changes]
        case _:
            return changes


def shown(row: Frozen, **more: Any) -> dict[str, Any]:
    """A row as the API shows it. `seq` is the cursor's business."""
    return row.model_dump(mode="json", exclude={"seq"}) | more
