"""How the events that announced a document end, and when what was fetched is not fit to be judged, or not yet."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from activities.judging.evidence import organization_of
from activities.judging.expectations import (
    ShownDocument,
    ShownPayments,
    contradicts,
    has_other_content,
    is_certainly_older,
    is_confirmed,
    is_outdated,
    is_torn,
    payments_lag,
)
from activities.models import ConcludeInput, Conclusion, FetchedDocument, PayoutSignal
from ledger import tasks
from ledger.booking import replacement
from ledger.booking.outcome import Outcome
from ledger.booking.unapplied_documents import NOT_APPLIED, OTHER_ORGANIZATION
from ledger.database import TenantTransaction
from ledger.documents.documents import KnownDocument
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.types import EventState

LOOK_AGAIN = Conclusion(outcome="look again", look_again=True)
TAKE_AS_SHOWN = ("take_as_shown", "done")


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


async def end_booked(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event], status: str, outcome: Outcome
) -> Conclusion:
    """The events end as what was booked of an invoice says; its payouts must hear of it."""
    await finish(tx, fetched, told, status, Ending(outcome.state, outcome.reason, outcome.changes))
    return Conclusion(
        outcome=outcome.state,
        tell=tuple(PayoutSignal(number=number, signal="recheck") for number in outcome.payouts),
        replacement_in_seconds=await replacement.seconds_left(tx, outcome),
    )


async def end_contradicted(
    tx: TenantTransaction,
    task: ConcludeInput,
    told: Sequence[Event],
    document: ShownDocument,
    known: KnownDocument | None,
    payments: ShownPayments | None,
) -> Conclusion | None:
    """What was fetched contradicts the events, itself, or what is known already: look again; at last say so."""
    outdated = is_outdated(document, known)
    torn = payments is not None and is_torn(document, payments)
    if not task.last_look:
        early = contradicts(told, document.voucher_status) or payments_lag(told, document, known, payments)
        return LOOK_AGAIN if outdated or torn or early else None
    if outdated:
        assert known is not None
        if is_certainly_older(document, known) or not has_other_content(document, known, payments):
            return await end(tx, task.gathered, EventState.UNCHANGED, Reason.of("document_shown_outdated"))
        return await end_unapplied(tx, task.gathered, Reason.of("document_shown_outdated"), TAKE_AS_SHOWN)
    if torn and known is not None and (known.status, known.version) == (document.voucher_status, document.version):
        # The document is the one that the ledger holds; a payment that is new would show by its status, in a sweep too.
        return await end(tx, task.gathered, EventState.UNCHANGED, Reason.of("document_and_payments_differ"))
    if torn:
        return await end_unapplied(tx, task.gathered, Reason.of("document_and_payments_differ"))
    return None


class OfOrganization(Protocol):
    """What names whose account it is of."""

    @property
    def organization_id(self) -> UUID | None: ...


async def of_other_organization(
    tx: TenantTransaction, fetched: FetchedDocument, shown: Sequence[OfOrganization | None]
) -> Conclusion | None:
    """Nothing is judged that names another organisation than the pinned one (rules.md): a person is asked."""
    pinned = await organization_of(tx, provider_of(fetched.resource_id))
    others = {str(one.organization_id) for one in shown if one and one.organization_id not in (None, pinned)}
    if pinned is None or not others:
        return None
    reason = Reason.of("document_of_other_organization")
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=OTHER_ORGANIZATION,
            subject="document",
            subject_id=str(fetched.resource_id),
            reason=reason,
            detail={"organizations": sorted(others), "connected": str(pinned)},
            links=_links(fetched),
        ),
    )
    return await end(tx, fetched, EventState.FAILED, reason)


async def end_unapplied(
    tx: TenantTransaction, fetched: FetchedDocument, reason: Reason, actions: tuple[str, ...] = ("done",)
) -> Conclusion:
    """It differs from the ledger and cannot be applied: a person is asked, for no later look may be any better."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=NOT_APPLIED,
            subject="document",
            subject_id=str(fetched.resource_id),
            reason=reason,
            actions=actions,
            links=_links(fetched),
        ),
    )
    return await end(tx, fetched, EventState.FAILED, reason)


async def close_answered(tx: TenantTransaction, fetched: FetchedDocument) -> None:
    """The document was judged: what was asked because it could not be is answered."""
    await tasks.close_questions(
        tx,
        subject="document",
        subject_id=str(fetched.resource_id),
        kinds=(NOT_APPLIED, OTHER_ORGANIZATION),
        by="event",
    )


def _links(fetched: FetchedDocument) -> dict[str, Any]:
    return {
        "event_ids": list(fetched.events),
        "events": [f"/api/v1/events/{event}" for event in fetched.events],
    }
