"""What lists are asked for (README, Query filter)."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from easybill.documents import DocumentType
from easybill.wire import Id, New, render_day

PAGE_SIZE: Final = 100
LARGEST_PAGE: Final = 1000


class DocumentQuery(New):
    """Which documents. `dated` and `edited` are from and to, both included.

    `external_id` is no documented filter: who looks for one reads the list and compares.
    """

    types: tuple[DocumentType, ...] = ()
    customer_id: Id | None = None
    ref_id: Id | None = None
    """The document that they follow: a STORNO_CREDIT names the CREDIT that it cancels."""
    is_draft: bool | None = None
    dated: tuple[date, date] | None = None
    edited: tuple[date, date] | None = None
    number: str | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE

    def filters(self) -> dict[str, object]:
        """The parameters of the query; what is None is not asked for. Raises ValueError."""
        return {
            "type": ",".join(self.types) or None,
            "customer_id": self.customer_id,
            "ref_id": self.ref_id,
            "is_draft": None if self.is_draft is None else int(self.is_draft),
            "document_date": _between(self.dated),
            "edited_at": _between(self.edited),
            "number": one_value(self.number),
        }


def one_value(value: str | None) -> str | None:
    """One value of a filter. A comma separates several: raises ValueError, for it would find something else."""
    if value is not None and "," in value:
        raise ValueError("a filter's value has a comma")
    return value


def _between(days: tuple[date, date] | None) -> str | None:
    return None if days is None else f"{render_day(days[0])},{render_day(days[1])}"
