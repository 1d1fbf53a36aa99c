"""Documents that differ from the ledger and cannot be applied: which questions they raise, and what an answer does."""

from collections.abc import Collection
from uuid import UUID

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.documents import documents
from ledger.reasons import Reason
from ledger.types import EventId

NOT_APPLIED = "document_not_applied"
OTHER_ORGANIZATION = "document_of_other_organization"
LIST_DIFFERS = "list_and_document_differ"
"""Kinds of tasks. The last one is asked and closed by sweeps, which alone see the list."""


async def take_as_shown(tx: TenantTransaction, resource_id: UUID, event_ids: Collection[int]) -> tuple[EventId, ...]:
    """A person has looked: what lexoffice shows next is the newest, whatever version and date it names.

    Returns the events to replay; that applies it.
    """
    await documents.forget_order(tx, resource_id)
    return tuple(EventId(event) for event in event_ids)


async def ask_about_lists(tx: TenantTransaction, persistent: Collection[UUID]) -> None:
    """Several looks have not removed the difference between lexoffice's list and the ledger: a person is asked."""
    for resource_id in persistent:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=LIST_DIFFERS,
                subject="document",
                subject_id=str(resource_id),
                reason=Reason.of("list_and_document_differ"),
                actions=("take_as_shown", "done"),
            ),
        )


async def close_agreeing(tx: TenantTransaction, agreeing: Collection[UUID]) -> None:
    """lexoffice's list shows these as the ledger holds them."""
    if agreeing:
        await tx.execute(
            """
            UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'sweep',
                             resolution = '{"action": "obsolete"}'
             WHERE tenant_id = $1 AND subject = 'document' AND subject_id = ANY ($2) AND kind = $3 AND state = 'open'
            """,
            tx.tenant.id,
            [str(resource_id) for resource_id in agreeing],
            LIST_DIFFERS,
        )
