"""How the events that announced a document end, and when what was fetched is not fit to be judged yet."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from activities.judging.expectations import contradicts, is_confirmed, is_outdated, is_torn, payments_lag
from activities.models import ConcludeInput, Conclusion, FetchedDocument
from ledger.database import TenantTransaction
from ledger.documents.documents import KnownDocument
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.reasons import Reason
from ledger.types import EventState
from lexoffice.documents import CreditNote, Invoice
from lexoffice.payments import Payments

LOOK_AGAIN = Conclusion(outcome="look again", look_again=True)


class Ending(NamedTuple):
    """What becomes of events, why, and what they changed."""

    state: EventState
    reason: Reason | None = None
    changes: dict[str, Any] | None = None


async def finish(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event], status: str, ending: Ending
) -> None:
    """End the events. One whose name the document does not bear out is `failed`, unless a newer one explains it."""
    wrong = set() if is_confirmed(told, status) else {event.id for event in told if contradicts([event], status)}
    right = [event for event in fetched.events if event not in wrong]
    changes = ending.changes or None
    await events.finish(tx, right, ending.state, reason=ending.reason, changes=changes, snapshot_id=fetched.document)
    await events.finish(
        tx,
        sorted(wrong),
        EventState.FAILED,
        reason=Reason.of("document_shows_other_state"),
        changes=changes,
        snapshot_id=fetched.document,
    )


async def end(
    tx: TenantTransaction,
    fetched: FetchedDocument,
    state: EventState,
    reason: Reason | None,
    changes: dict[str, Any] | None = None,
) -> Conclusion:
    await events.finish(tx, fetched.events, state, reason=reason, changes=changes or None, snapshot_id=fetched.document)
    return Conclusion(outcome=state)


async def end_contradicted(
    tx: TenantTransaction,
    task: ConcludeInput,
    told: Sequence[Event],
    document: Invoice | CreditNote,
    known: KnownDocument | None,
    payments: Payments | None,
) -> Conclusion | None:
    """What was fetched contradicts the events, itself, or what is known already: look again; at last say so."""
    outdated = is_outdated(document, known)
    torn = payments is not None and is_torn(document, payments)
    if not task.last_look:
        early = contradicts(told, document.voucher_status) or payments_lag(told, document, known, payments)
        return LOOK_AGAIN if outdated or torn or early else None
    if outdated:
        return await end(tx, task.gathered, EventState.UNCHANGED, Reason.of("document_shown_outdated"))
    if torn:
        return await end(tx, task.gathered, EventState.FAILED, Reason.of("document_and_payments_differ"))
    return None
