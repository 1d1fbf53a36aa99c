"""What would an event change if it were handled now? Played in a transaction that is rolled back.

Nothing is fetched: the newest stored copy of the document is judged against the ledger as it stands. A replay fetches
anew, and lexoffice may show something else by then; so `fetched_at` says how old the copy is.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from activities.judging.credit_note_settling import apply_credit_note
from activities.models import ConcludeInput, Conclusion, Delivery, FetchedDocument
from activities.notifications.conclusions import NO_WHOLE_CENTS, conclude_within
from httpcalls.errors import UnexpectedAnswer
from ledger import tasks
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.reasons import Reason
from ledger.refusals import NotFound, Refused
from ledger.types import LEXOFFICE, DocumentKind, EventId, EventState, Frozen, Tenant
from lexoffice.documents import Invoice
from lexoffice.errors import FractionOfACent


class Rehearsal(Frozen):
    """`state` is how the event would end; None where there is no stored document to judge."""

    event: EventId
    document: DocumentKind | None = None
    fetched_at: datetime | None = None
    state: EventState | None = None
    reason: Reason | None = None
    changes: dict[str, Any] = Field(default_factory=dict)
    questions: tuple[str, ...] = ()
    """What a person would be asked."""


class _Over(Exception):
    """Ends the transaction, so that nothing of the rehearsal stays."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__("over")
        self.rehearsal = rehearsal


async def rehearse(
    ledger: Ledger,
    tenant: Tenant,
    event_id: EventId,
    play: Callable[[TenantTransaction, EventId], Awaitable[Rehearsal]] | None = None,
) -> Rehearsal:
    """`play` handles the event and says what came of it; without one, as an event of lexoffice. Raises NotFound."""
    try:
        async with ledger.transaction(tenant, cause="rehearsal") as tx:
            raise _Over(await (play or _play)(tx, event_id))
    except _Over as over:
        return over.rehearsal
    except FractionOfACent:
        return Rehearsal(event=event_id, state=EventState.FAILED, reason=NO_WHOLE_CENTS)
    except UnexpectedAnswer:
        return Rehearsal(event=event_id, state=EventState.FAILED, reason=Reason.of("stored_document_not_readable"))
    except NotFound:
        raise
    except Refused as refused:
        return Rehearsal(event=event_id, state=EventState.FAILED, reason=refused.reason)


async def _play(tx: TenantTransaction, event_id: EventId) -> Rehearsal:
    found = await events.find_each(tx, [event_id])
    if not found:
        raise NotFound("event_not_found")
    event = found[0]
    if event.provider != LEXOFFICE or not events.is_uuid(event.resource_id):
        return Rehearsal(event=event_id)
    fetched, fetched_at = await _stored(tx, event)
    if fetched is None or fetched.kind is None:
        return Rehearsal(event=event_id)
    assert isinstance(fetched.kind, DocumentKind)
    await events.begin_anew(tx, event_id)
    asked_before = await tasks.newest_open(tx)
    # What was announced and is not shown (yet) would be looked for again; here the copy is all there is.
    conclusion = await conclude_within(tx, ConcludeInput(gathered=fetched, last_look=True))
    await _tell_payouts(tx, conclusion)
    [after] = await events.find_each(tx, [event_id])
    return Rehearsal(
        event=event_id,
        document=fetched.kind,
        fetched_at=fetched_at,
        state=after.state,
        reason=after.why,
        changes=after.changes or {},
        questions=await tasks.asked_since(tx, asked_before),
    )


async def _stored(tx: TenantTransaction, event: Event) -> tuple[FetchedDocument | None, datetime | None]:
    """The newest copies of the document, its payments and its customer, as if they had been fetched now."""
    resource_id = UUID(event.resource_id)
    document = await documents.newest(tx, resource_id, list(DocumentKind))
    if document is None:
        return None, None
    kind = DocumentKind(document.resource)
    contact = None
    if kind is DocumentKind.INVOICE:
        customer = Invoice.from_body(document.body.encode()).address.contact_id
        contact = None if customer is None else await _newest(tx, customer, "contact")
    fetched = FetchedDocument(
        tenant=tx.tenant,
        resource_id=resource_id,
        deliveries=(Delivery(event=event.id, number=event.delivery),),
        kind=kind,
        missing=None,
        document=document.id,
        payments=await _newest(tx, resource_id, "payments"),
        contact=contact,
    )
    return fetched, document.fetched_at


async def _newest(tx: TenantTransaction, resource_id: UUID, resource: str) -> UUID | None:
    found = await documents.newest(tx, resource_id, [resource])
    return None if found is None else found.id


async def _tell_payouts(tx: TenantTransaction, conclusion: Conclusion) -> None:
    """What a payout's own workflow would do once it is told."""
    for signal in conclusion.tell:
        payout = await payouts.lock(tx, signal.number)
        if payout.credit_note_id is not None:
            await apply_credit_note(tx, payout, [signal.event] if signal.event is not None else [])
