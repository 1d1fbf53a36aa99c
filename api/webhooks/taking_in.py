"""What the doors of books providers do alike: whose host it is, and telling the engine what the inbox has taken in."""

from uuid import UUID

import structlog

from api.http.parts import Parts
from ledger.inbox.events import TakenIn
from ledger.types import EventState, Tenant
from workflows.messages import document_workflow_id


def host_fits(host: str, public_host: str, slug: str) -> bool:
    """Where the host is {slug}.<public host>, the slug must be the one of the path. `host`: the header's."""
    # Not request.url: a header such as "[" is no address, and must be refused like any other.
    name = host.lower().partition(":")[0].rstrip(".")
    suffix = f".{public_host}"
    return not name.endswith(suffix) or name.removesuffix(suffix) == slug


async def announce(taken: TakenIn, resource_id: UUID, tenant: Tenant, doors: Parts) -> str:
    """Hand an event on, if it is to be handled and nobody has.

    What is answered: accepted, skipped, ignored or duplicate.
    """
    structlog.contextvars.bind_contextvars(event_id=taken.id, workflow_id=document_workflow_id(tenant, resource_id))
    if taken.is_new and taken.state is EventState.WAITING:
        return "accepted"  # the sweep takes it up
    if taken.state is not EventState.RECEIVED:
        return taken.state.value if taken.is_new else "duplicate"
    if not taken.is_new and (taken.handed_over or _is_under_way(taken, tenant, doors)):
        return "duplicate"
    # When this fails the row stands, and the hand-over announces it.
    await doors.announcer.briefly(
        doors.announcer.event(tenant, resource_id, taken.id, taken.delivery, known=taken.is_known)
    )
    return "accepted"


def _is_under_way(taken: TakenIn, tenant: Tenant, doors: Parts) -> bool:
    """Whether it was announced just now, or another request has inserted it and is about to: none lives longer."""
    outcome = doors.announcer.outcome(tenant, taken.id, taken.delivery)
    return taken.age_seconds < doors.settings.request_seconds if outcome is None else outcome
