"""What a payout waits for, since when, and who can act: the first thing that a person wants to know about it."""

from datetime import datetime
from enum import StrEnum

import asyncpg

from ledger.access import memberships
from ledger.database import TenantTransaction
from ledger.payouts import approval_queue
from ledger.payouts.payout_holds import LIFTED_BY_A_PERSON
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.roles import Permission, permissions
from ledger.types import Frozen, PayoutState


class For(StrEnum):
    """What is waited for; `ended` for nothing more."""

    APPROVAL = "approval"
    SECOND_PERSON = "second_person"
    TAKEN_UP = "taken_up"
    """A person has put it back."""
    LEDGER = "ledger"
    """A new account not in force, a partner stopped: `why` says which."""
    MENDING = "mending"
    """Approved, and something forbids its document: `reason`."""
    CREATION = "creation"
    SEARCH = "search"
    ANSWER = "answer"
    """An open question to a person: `reason`."""
    PAYMENT = "payment"
    ENDED = "ended"


class Waits(Frozen):
    """What a payout waits for. `reason` is that of an open task, `why` are holds and blocks."""

    waits_for: For
    since: datetime
    why: tuple[Reason, ...] = ()
    """What holds or blocks it."""
    reason: Reason | str | None = None
    """Of its state or of the question: one of ours, or what a person wrote."""
    who: tuple[str, ...] = ()
    """People who can act (`user:…`), best known first. Empty where nobody need."""
    put_back_by: str | None = None


async def of_payout(tx: TenantTransaction, payout: Payout) -> Waits:
    """What the payout waits for now, and who can act."""
    since = await _since(tx, payout)
    question = await tx.fetchrow(
        """
        SELECT reason_code, reason_params, created_at FROM tasks
         WHERE tenant_id = $1 AND subject = 'payout' AND subject_id = $2 AND state = 'open' ORDER BY seq LIMIT 1
        """,
        tx.tenant.id,
        payout.number,
    )
    if payout.holds and payout.state in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
        return await _for_holds(tx, payout)
    match payout.state:
        case PayoutState.AWAITING_APPROVAL:
            return await _for_approval(tx, payout, since)
        case PayoutState.APPROVED if payout.blocked is not None:
            who = await _people(tx, Permission.APPROVE)
            at = question["created_at"] if question is not None else since
            return Waits(waits_for=For.MENDING, since=at, why=(payout.blocked,), who=who)
        case PayoutState.APPROVED:
            return Waits(waits_for=For.CREATION, since=since)
        case PayoutState.OUTCOME_UNKNOWN | PayoutState.CREDIT_NOTE_OPEN | PayoutState.RETURNED if question is not None:
            who = await _people(tx, Permission.APPROVE)
            return Waits(waits_for=For.ANSWER, since=question["created_at"], reason=_asked(question), who=who)
        case PayoutState.OUTCOME_UNKNOWN:
            return Waits(waits_for=For.SEARCH, since=since)
        # What came back, with no question open: two persons have it transferred again.
        case PayoutState.CREDIT_NOTE_OPEN | PayoutState.RETURNED:
            return Waits(waits_for=For.PAYMENT, since=since, who=await _people(tx, Permission.BANK))
        case _:
            return Waits(waits_for=For.ENDED, since=since, reason=payout.why)


async def _for_holds(tx: TenantTransaction, payout: Payout) -> Waits:
    """A person's word comes first: whoever takes the payout up sees then what else holds it."""
    lifted = next((hold for hold in payout.holds if hold.code in LIFTED_BY_A_PERSON), None)
    if lifted is not None:
        return Waits(
            waits_for=For.TAKEN_UP,
            since=lifted.since,
            why=(lifted,),
            who=await _people(tx, Permission.APPROVE),
            put_back_by=lifted.set_by,
        )
    who = await _people(tx, Permission.CONFIRM_BANK)
    return Waits(waits_for=For.LEDGER, since=payout.holds[0].since, why=payout.holds, who=who)


async def _for_approval(tx: TenantTransaction, payout: Payout, since: datetime) -> Waits:
    [seen] = await approval_queue.of_numbers(tx, [payout.number])
    who = [one for one in await _people(tx, Permission.APPROVE) if seen.may_be_approved_by(one)]
    return Waits(
        waits_for=For.SECOND_PERSON if seen.needs_second_person else For.APPROVAL,
        since=since,
        reason=payout.why,
        who=tuple(who),
    )


def _asked(question: asyncpg.Record) -> Reason:
    return Reason(code=question["reason_code"], params=question["reason_params"])


async def _since(tx: TenantTransaction, payout: Payout) -> datetime:
    found: datetime | None = await tx.fetchval(
        """
        SELECT changed_at FROM state_changes WHERE tenant_id = $1 AND subject_id = $2 ORDER BY seq DESC LIMIT 1
        """,
        tx.tenant.id,
        payout.id,
    )
    return found or payout.created_at


async def _people(tx: TenantTransaction, permission: Permission) -> tuple[str, ...]:
    return tuple(
        f"user:{one.user_id}"
        for one in await memberships.list_members(tx)
        if one.is_active and permission in permissions(one.role)
    )
