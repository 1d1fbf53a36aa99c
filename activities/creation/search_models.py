"""What crosses between the workflows that search for a lost document and their activities. No I/O is imported here."""

from uuid import UUID

from activities.models import DocumentCreation
from ledger.types import Frozen


class PageOfSearch(Frozen):
    """One page of lexoffice's list, the first being 0."""

    creation: DocumentCreation
    page: int


class SearchedPage(Frozen):
    """Ids of what may be the lost document: of its amount, and unknown to the ledger."""

    candidates: tuple[UUID, ...] = ()
    is_last: bool


class Candidate(Frozen):
    creation: DocumentCreation
    resource_id: UUID


class Searched(Frozen):
    """A search that came to its end. `marked`: stored snapshots of the documents that carry the marker.

    `unusable`: it did not come to its end, because the connection to lexoffice does not work; `mendable`: another key
    would mend that.
    """

    creation: DocumentCreation
    marked: tuple[UUID, ...] = ()
    unusable: bool = False
    mendable: bool = False
