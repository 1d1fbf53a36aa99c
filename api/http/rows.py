"""A row as doors show it, and where a list goes on."""

from typing import Any

from ledger.types import Frozen


def after(cursor: str | None) -> int | None:
    """The number after which the next page begins, from a cursor that was checked."""
    return None if cursor is None else int(cursor)


def shown(row: Frozen, **more: Any) -> dict[str, Any]:
    """A row as the API shows it. `seq` is the cursor's business."""
    return row.model_dump(mode="json", exclude={"seq"}) | more
