"""Whose hands a payout shows, how they end, and who could confirm what where everybody has one (rules.md, Approval).

Written with the trail (ledger/audit/hands.py); which of them a payout shows says `open_hands_of_payout` in PostgreSQL,
to approval, queue and page alike.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from ledger import tasks
from ledger.access import memberships, same_person
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import Frozen, PayoutState

TASK = "hands_of_all_approvers"
OF_THE_REQUEST = "payout.requested"
"""Whoever asked for a payout is one of its makers until it is decided: there is nothing to confirm."""


class Hand(Frozen):
    """Who (`user:…`, `key:…`) did what, as the trail calls it, to which object. `fields`: what of a partner changed."""

    id: UUID
    seq: int = Field(exclude=True)
    actor: str
    act: str
    subject: str
    subject_id: str
    about: UUID | None
    fields: tuple[str, ...] | None
    at: datetime

    @property
    def can_be_confirmed(self) -> bool:
        """Whether a second person can confirm this very change."""
        return self.act != OF_THE_REQUEST


async def of_payout(tx: TenantTransaction, payout: Payout) -> list[Hand]:
    """The open hands in this payout as it is now, the oldest first."""
    rows = await tx.fetch("SELECT * FROM open_hands_of_payout($1)", payout.id)
    return [Hand.from_row(row) for row in rows]


async def end_shown(
    tx: TenantTransaction, payout: Payout, found: list[Hand], *, actor: str, last_shown: UUID | None
) -> None:
    """Somebody without these hands has approved the payout that showed them.

    `last_shown`: the newest that the person was shown. Where a caller does not say: those older than the payout.
    """
    newest = next((hand.seq for hand in found if hand.id == last_shown), None)
    eyes = await same_person.eyes(tx)
    ended = [
        hand.id
        for hand in found
        if (hand.seq <= newest if newest is not None else hand.at <= payout.created_at or _of(hand, payout))
        and not eyes.same(actor, [hand.actor])
    ]
    await tx.execute(
        """
        UPDATE hands SET ended_at = now(), ended_how = 'approved', ended_by = $3, ended_payout = $4
         WHERE tenant_id = $1 AND id = ANY ($2) AND ended_at IS NULL
        """,
        tx.tenant.id,
        ended,
        actor,
        payout.id,
    )


async def confirm(tx: TenantTransaction, number: str, id: UUID, *, by: str) -> Hand:
    """A second person has looked at this very change: it bars nobody any more.

    Raises NotFound (no such open hand in this payout), NotAllowedNow (it is the request itself), SecondPersonNeeded.
    """
    seen = await payouts.get(tx, number)
    await hands.hold_tenant(tx, shared=True)
    await hands.hold_partner(tx, seen.partner_id)
    payout = await payouts.lock(tx, number)
    hand = next((one for one in await of_payout(tx, payout) if one.id == id), None)
    if hand is None:
        raise NotFound("hand_not_found")
    if not hand.can_be_confirmed:
        raise NotAllowedNow("request_is_not_confirmed")
    if (await same_person.eyes(tx)).same(by, [hand.actor]):
        raise SecondPersonNeeded("second_person_confirms")
    await tx.execute(
        """
        UPDATE hands SET ended_at = now(), ended_how = 'confirmed', ended_by = $3
         WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL
        """,
        tx.tenant.id,
        id,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="hand.confirmed",
        subject=hand.subject,
        subject_id=hand.subject_id,
        detail={"hand": str(id), "act": hand.act, "by": hand.actor, "payout": payout.number},
    )
    await ask_for_confirmation(tx, payout, above_limit=True)
    return hand


async def has_every_approver_one(tx: TenantTransaction) -> bool:
    """Whether each who approves has an open hand in something: else there is no payout in which all have one."""
    rows = await tx.fetch("SELECT DISTINCT actor FROM hands WHERE tenant_id = $1 AND ended_at IS NULL", tx.tenant.id)
    approvers = [f"user:{one}" for one in await memberships.list_approvers(tx)] if rows else []
    eyes = await same_person.eyes(tx)
    return bool(approvers) and all(eyes.same(one, [row["actor"] for row in rows]) for one in approvers)


async def ask_for_confirmation(tx: TenantTransaction, payout: Payout, *, above_limit: bool) -> None:
    """A task while every approver has an open hand in a payout above the limit; it ends when somebody has none."""
    found = await of_payout(tx, payout) if payout.state is PayoutState.AWAITING_APPROVAL and above_limit else []
    approvers = [f"user:{one}" for one in await memberships.list_approvers(tx)] if found else []
    eyes = await same_person.eyes(tx)
    barred = bool(approvers) and all(eyes.same(one, [hand.actor for hand in found]) for one in approvers)
    if not barred:
        await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=(TASK,), by="event")
        return
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject="payout",
            subject_id=payout.number,
            reason=Reason.of("every_approver_has_a_hand"),
            detail={
                "hands": [
                    {
                        "hand": str(hand.id),
                        "act": hand.act,
                        "by": hand.actor,
                        "can_confirm": [one for one in approvers if not eyes.same(one, [hand.actor])],
                    }
                    for hand in found
                    if hand.can_be_confirmed
                ]
            },
        ),
    )


def _of(hand: Hand, payout: Payout) -> bool:
    """The request is written with the payout, a moment after its row."""
    return hand.subject == "payout" and hand.subject_id == payout.number
