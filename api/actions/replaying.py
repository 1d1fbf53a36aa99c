"""„Erneut verarbeiten“, by page and by JSON API: documents of lexoffice are fetched anew, messages of sources of
sales are booked from what they said.
"""

from collections.abc import Sequence

from activities.notifications.rehearsal import Rehearsal, rehearse
from api.actions.rechecks import announce_rechecks
from api.actions.sources import booking
from api.actions.sources.registry import SOURCES
from api.http.parts import Parts
from ledger.database import TenantTransaction
from ledger.inbox import events, redelivery
from ledger.inbox.events import Event
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import EventId, Frozen, PayoutNumber, Tenant


class Replayed(Frozen):
    """`payouts` must look again."""

    event: Event
    payouts: tuple[PayoutNumber, ...] = ()


def is_replayable(event: Event) -> bool:
    """Not one that names no document, such as a revoked token, nor one of a source of sales whose body has gone."""
    if event.provider in SOURCES and event.body_erased_at is not None:
        return False
    return event.provider in SOURCES or events.is_uuid(event.resource_id)


async def replay(tx: TenantTransaction, number: EventId, *, actor: str) -> Replayed:
    """Handle an event again.

    Raises NotFound, NotAllowedNow, NotConnected. `announce` what it returns once the transaction is over.
    """
    if await _is_whole(tx, number):
        event, payouts = await booking.book_again(tx, number, actor=actor)
        return Replayed(event=event, payouts=payouts)
    return Replayed(event=await redelivery.replay(tx, number, actor=actor))


async def announce(doors: Parts, tenant: Tenant, replayed: Sequence[Replayed]) -> None:
    """Tell the engine; what fails here the hand-over tells."""
    told = [one.event for one in replayed if one.event.provider not in SOURCES]
    await doors.announcer.events(tenant, told)
    await announce_rechecks(doors, tenant, [number for one in replayed for number in one.payouts])


async def preview(doors: Parts, tenant: Tenant, event: Event) -> Rehearsal:
    """What would change, without changing it. Raises NotFound."""
    if event.provider in SOURCES:
        return await rehearse(doors.ledger, tenant, event.id, booking.rehearsed)
    return await rehearse(doors.ledger, tenant, event.id)


async def _is_whole(tx: TenantTransaction, number: EventId) -> bool:
    found = await events.find_each(tx, [number])
    if not found:
        raise NotFound("event_not_found")
    if not is_replayable(found[0]) and found[0].body_erased_at is not None:
        raise NotAllowedNow("event_body_erased")
    return found[0].provider in SOURCES
