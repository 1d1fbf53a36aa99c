"""What follows from the answer to a task: events that are handled once more, and what the engine must be told."""

from collections.abc import Sequence

from api.actions import replaying
from api.actions.rechecks import announce_rechecks
from api.actions.replaying import Replayed
from api.actions.sources import booking
from api.http.parts import Parts
from ledger.booking import question_subjects, resolutions
from ledger.booking.resolutions import Answer, Resolved
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.tasks import Task
from ledger.types import Tenant


async def resolve(tx: TenantTransaction, task: Task, answer: Answer, *, actor: str) -> tuple[Resolved, list[Replayed]]:
    """Answer it, and handle once more what waited for the answer. Raises as resolutions.resolve, and NotConnected."""
    await question_subjects.hold_four_eyes(tx, subject=task.subject, subject_id=task.subject_id, kind=task.kind)
    await booking.hold(tx, task.links.get("event_ids", []))
    resolved = await resolutions.resolve(tx, task.id, answer, actor=actor)
    return resolved, [await replaying.replay(tx, event, actor=actor) for event in resolved.replay]


async def announce_answer(doors: Parts, tenant: Tenant, resolved: Resolved, replayed: Sequence[Replayed] = ()) -> None:
    """After the transaction of the answer is committed. What cannot be told now is left to the hand-over."""
    async with doors.ledger.transaction(tenant) as tx:
        payout = None if resolved.payout is None else await payouts.get(tx, resolved.payout)
    if payout is not None and resolved.decision is not None:
        await doors.announcer.decision(tenant, payout, resolved.decision)
    if resolved.invoice_intent is not None:
        await doors.announcer.invoice(tenant, resolved.invoice_intent, resolved.transaction)
    if resolved.reversal is not None:
        await doors.announcer.own_document(tenant, resolved.reversal)
    await replaying.announce(doors, tenant, replayed)
    await announce_rechecks(doors, tenant, resolved.rechecks)
