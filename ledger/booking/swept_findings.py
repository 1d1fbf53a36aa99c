"""What a pass has found becomes events, each once: the way of a notification from there on."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from ledger.booking import unapplied_documents
from ledger.connections import connections
from ledger.database import Ledger
from ledger.inbox import events, sweep_findings, sweeps
from ledger.inbox.sweep_findings import Earlier, Found, Verdict
from ledger.types import EventId, Tenant


class Committed(NamedTuple):
    """One event that is to be announced; whoever does not is helped out by the hand-over."""

    resource_id: UUID
    event: EventId
    delivery: int


async def commit_found(ledger: Ledger, tenant: Tenant, found: Sequence[Found], *, provider: str) -> list[Committed]:
    """What was said before is not said again, but for what failed or did not help: that is tried ever more rarely, and
    in the end a person is asked."""
    if not found:
        return []
    async with ledger.transaction(tenant) as tx:
        now = (await sweeps.get_state(tx)).now
        earlier = await sweep_findings.newest_of(tx, [one.resource_id for one in found], provider=provider)
        organization = (await connections.get(tx, provider)).organization_id
        looked_often = [one.resource_id for one in found if _is_persistent(earlier.get(one.resource_id), one)]
        await unapplied_documents.ask_about_lists(tx, looked_often)
    assert organization is not None, "a connected tenant has a pinned organisation"
    committed = []
    for one in found:
        before = earlier.get(one.resource_id)
        match before.verdict(one, now) if before else Verdict.NEW:
            case Verdict.REPEAT:
                continue
            case Verdict.TRY_AGAIN:
                assert before is not None
                async with ledger.transaction(tenant) as tx:
                    delivery = await sweep_findings.try_again(tx, before)
                if delivery is None:
                    continue
                committed.append(Committed(one.resource_id, before.id, delivery))
            case Verdict.NEW:
                taken = await events.take_in(
                    ledger, tenant, sweep_findings.arrival(one, organization, provider=provider)
                )
                if not taken.is_new and taken.handled:
                    # A notification of that instant has been handled, and there is a difference all the same.
                    again = sweep_findings.arrival(one, organization, at=now, provider=provider)
                    taken = await events.take_in(ledger, tenant, again)
                if taken.is_new:  # else another attempt of this activity was faster
                    committed.append(Committed(one.resource_id, taken.id, taken.delivery))
    return committed


def _is_persistent(before: Earlier | None, found: Found) -> bool:
    """Whether the same difference was handed over so often that one more look will not remove it."""
    return before is not None and before.is_persistent(found)
