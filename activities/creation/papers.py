"""Fetching the PDFs of credit notes, each once."""

import contextlib
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.books.calls import BooksCalls
from activities.gateway.calls import RATE_LIMITED
from activities.models import CONNECTION_UNUSABLE
from httpcalls.errors import Conflict, NotFound, UnusableFile, ValidationFailed
from ledger.database import Ledger
from ledger.documents import papers
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.types import Frozen, Tenant

NO_FILE = "NoFile"
"""Type of the ApplicationError for a document without a usable file; trying again at once is useless."""

WITHOUT_FILE = "no_pdf"
NOT_REACHED = "lexoffice_not_reached"
"""Codes of reasons."""


class PaperTask(Frozen):
    tenant: Tenant
    resource_id: UUID


class Missed(Frozen):
    task: PaperTask
    reason: str
    """The code of a reason; of a workflow that began before there were codes, a German sentence."""


class PaperActivities:
    def __init__(self, ledger: Ledger, *calls: BooksCalls) -> None:
        """`calls`: one for each of the books that credit notes may be in."""
        self._ledger = ledger
        self._calls = {each.provider: each for each in calls}

    @activity.defn
    async def fetch_next_paper(self, tenant: Tenant) -> bool:
        """GET the file that is due for longest, and keep it. False where none is due.

        What has no file is put off and counts as done. After a failure of lexoffice the file is put off too, so that
        the retry takes the next one: a document that cannot be had holds up no other.
        """
        async with self._ledger.transaction(tenant) as tx:
            due = await papers.next_due(tx)
        if due is None:
            return False
        content: bytes | None = None
        try:
            calls = self._calls[provider_of(due)]
            async with calls.explained(tenant):
                # A draft, deleted, no PDF or too large; the file of a new document may also lag for a while.
                with contextlib.suppress(Conflict, NotFound, UnusableFile, ValidationFailed):
                    content = await calls.file(tenant, due)
        except ApplicationError as error:
            await self._put_off(tenant, due, error)
            raise
        async with self._ledger.transaction(tenant, cause="paper") as tx:
            if content is None:
                await papers.try_later(tx, due, Reason.of(WITHOUT_FILE))
            else:
                await papers.keep(tx, due, content)
        return True

    async def _put_off(self, tenant: Tenant, due: UUID, error: ApplicationError) -> None:
        if error.type == RATE_LIMITED:
            return  # nothing was asked
        async with self._ledger.transaction(tenant) as tx:
            if error.type == CONNECTION_UNUSABLE:
                await papers.postpone_all(tx, Reason.of(NOT_REACHED), provider=provider_of(due))
            else:
                await papers.try_later(tx, due, Reason.of(NOT_REACHED))

    @activity.defn
    async def fetch_paper(self, task: PaperTask) -> bool:
        """One file by its id, for workflows that began before there was one for all of a tenant."""
        async with self._ledger.transaction(task.tenant) as tx:
            if not await papers.is_wanted(tx, task.resource_id):
                return False
        calls = self._calls[provider_of(task.resource_id)]
        async with calls.explained(task.tenant):
            try:
                content = await calls.file(task.tenant, task.resource_id)
            except (Conflict, NotFound, UnusableFile) as error:
                # A draft, deleted, no PDF or too large; the file of a new document may also lag for a while.
                raise ApplicationError(type(error).__name__, type=NO_FILE, non_retryable=True) from None
        async with self._ledger.transaction(task.tenant, cause="paper") as tx:
            await papers.keep(tx, task.resource_id, content)
        return True

    @activity.defn(name="paper_was_missed")
    async def record_missed_paper(self, missed: Missed) -> None:
        """As above: it is tried again later, ever more rarely."""
        async with self._ledger.transaction(missed.task.tenant) as tx:
            await papers.try_later(tx, missed.task.resource_id, Reason.of_word(missed.reason))
