"""Fetching the PDF of a credit note, once."""

from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.lexoffice_door import LexofficeDoor
from ledger import papers
from ledger.database import Ledger
from ledger.types import Frozen, Tenant
from lexoffice.errors import Conflict, NotFound, UnusableFile

NO_FILE = "NoFile"
"""Type of the ApplicationError for a document without a usable file; trying again at once is useless."""


class PaperTask(Frozen):
    tenant: Tenant
    resource_id: UUID


class Missed(Frozen):
    task: PaperTask
    reason: str
    """A fixed phrase."""


class PaperActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn
    async def fetch_paper(self, task: PaperTask) -> bool:
        """GET the file and keep it. False where nobody wants it any more: it is there already."""
        async with self._ledger.transaction(task.tenant) as db:
            if not await papers.is_wanted(db, task.tenant, task.resource_id):
                return False
        async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
            try:
                content = await client.credit_note_file(task.resource_id)
            except (Conflict, NotFound, UnusableFile) as error:
                # A draft, deleted, no PDF or too large; the file of a new document may also lag for a while.
                raise ApplicationError(type(error).__name__, type=NO_FILE, non_retryable=True) from None
        async with self._ledger.transaction(task.tenant, cause="paper") as db:
            await papers.keep(db, task.tenant, task.resource_id, content)
        return True

    @activity.defn
    async def paper_was_missed(self, missed: Missed) -> None:
        """The hand-over announces it again later, ever more rarely."""
        async with self._ledger.transaction(missed.task.tenant) as db:
            await papers.try_later(db, missed.task.tenant, missed.task.resource_id, missed.reason)
