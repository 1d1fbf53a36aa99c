"""What creates documents in one provider's books, made of its calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from activities.books.calls import BooksCalls
from activities.creation.creating import DocumentCreator
from activities.creation.credit_notes import CreditNoteActivities
from activities.creation.searching import SearchActivities
from ledger.database import Ledger


@dataclass(frozen=True)
class Making:
    """Times and limits are those of the settings."""

    ledger: Ledger
    calls: BooksCalls
    creator: DocumentCreator
    unclear_wait: timedelta

    @property
    def credit_notes(self) -> CreditNoteActivities:
        """Also what judges them, on the ledger's queue."""
        return CreditNoteActivities(self.ledger, self.calls, self.creator, unclear_wait=self.unclear_wait)

    def activities(self) -> Sequence[Callable[..., Any]]:
        """What is done alike on the queue of each provider of books."""
        credit_notes, searching = self.credit_notes, SearchActivities(self.ledger, self.calls)
        return [
            credit_notes.create_credit_note,
            credit_notes.read_back_credit_note,
            searching.search_page,
            searching.search_candidate,
        ]
