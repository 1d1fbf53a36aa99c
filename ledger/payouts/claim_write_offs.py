"""Writing a claim off: its rest is not pursued any more. Above the four-eyes limit a second person confirms it.

Locks: the hands of the partner.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger import clock, tasks
from ledger.access import four_eyes
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.payouts import approval_rule, claims
from ledger.payouts.claims import Claim, NewPart
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound, require_reason
from ledger.types import Frozen

TASK = "claim_write_off_asked"
SUBJECT = "claim"
_SPAN_DAYS = 30


class WriteOff(Frozen):
    """Who wants the rest of a claim written off, why, and what was decided. Cents, gross, as it was asked for."""

    id: UUID
    claim_id: UUID
    amount_cents: int
    reason: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    confirmed: bool | None
    """None while a second person is waited for."""
    decided_alone: bool


async def ask(tx: TenantTransaction, claim_id: UUID, *, reason: str, by: str) -> WriteOff:
    """A person gives the rest of the claim up. Below the limit, which counts 30 days of its partner, that decides it.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (it has ended, or is asked for already).
    """
    require_reason(reason)
    claim = await claims.hold(tx, claim_id)
    if not claim.open_cents:
        raise NotAllowedNow("claim_is_over")
    if any(one.confirmed is None for one in await list_of(tx, claim.id)):
        raise NotAllowedNow("write_off_asked_before")
    id = await tx.fetchval(
        """
        INSERT INTO claim_write_offs (tenant_id, claim_id, amount_cents, reason, requested_by)
        VALUES ($1, $2, $3, $4, $5) RETURNING id
        """,
        tx.tenant.id,
        claim.id,
        claim.open_cents,
        reason,
        by,
    )
    await _record(tx, claim, "claim.write_off_asked", by=by, write_off=str(id), reason=reason)
    if not await _needs_second_person(tx, claim):
        return await _decided(tx, claim, id, _Decision(confirmed=True, by=by))
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject=SUBJECT,
            subject_id=str(claim.id),
            reason=Reason.of("write_off_awaits_second_person", amount=claim.open_cents),
            actions=("confirm", "refuse"),
            detail={"partner_code": claim.partner_code, "requested_by": by, "reason": reason},
            links={"claim": f"/api/v1/claims/{claim.id}"},
        ),
    )
    return await _get(tx, id)


async def decide(tx: TenantTransaction, claim_id: UUID, *, confirmed: bool, by: str, reason: str | None) -> WriteOff:
    """A second person confirms or refuses what is asked for; whoever asked may take it back.

    Raises NotFound, NotAllowedNow (nothing is asked for, or all was paid back meanwhile), NotAcceptable (refused
    without a reason), SecondPersonNeeded.
    """
    claim = await claims.hold(tx, claim_id)
    asked = next((one for one in await list_of(tx, claim.id) if one.confirmed is None), None)
    if asked is None:
        raise NotAllowedNow("write_off_not_asked")
    if not confirmed:
        require_reason(reason or "")
    alone = confirmed and await four_eyes.require_second_person(tx, by, made_by=[asked.requested_by])
    decided = await _decided(tx, claim, asked.id, _Decision(confirmed, by, alone, reason))
    await tasks.close_questions(tx, subject=SUBJECT, subject_id=str(claim.id), kinds=(TASK,), by=by)
    if confirmed and not alone:
        await hands.confirm(tx, "partner", str(claim.partner_id), about=asked.id, by=by)
    return decided


async def list_of(tx: TenantTransaction, claim: UUID) -> list[WriteOff]:
    """All that was asked for about a claim, the oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM claim_write_offs WHERE tenant_id = $1 AND claim_id = $2 ORDER BY requested_at, id",
        tx.tenant.id,
        claim,
    )
    return [WriteOff.from_row(row) for row in rows]


async def _needs_second_person(tx: TenantTransaction, claim: Claim) -> bool:
    counted = await tx.fetchval(
        """
        SELECT COALESCE(sum(w.amount_cents), 0)::bigint
          FROM claim_write_offs w JOIN claims c ON c.tenant_id = w.tenant_id AND c.id = w.claim_id
         WHERE w.tenant_id = $1 AND c.partner_id = $2 AND w.confirmed IS NOT FALSE
           AND w.requested_at > now() - make_interval(days => $3)
        """,
        tx.tenant.id,
        claim.partner_id,
        _SPAN_DAYS,
    )
    return bool(counted > await approval_rule.limit_cents(tx))


class _Decision(NamedTuple):
    confirmed: bool
    by: str
    alone: bool = False
    reason: str | None = None


async def _decided(tx: TenantTransaction, claim: Claim, id: UUID, said: _Decision) -> WriteOff:
    await tx.execute(
        """
        UPDATE claim_write_offs SET decided_by = $3, decided_at = now(), confirmed = $4, decided_alone = $5
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
        said.by,
        said.confirmed,
        said.alone,
    )
    decided = await _get(tx, id)
    if said.confirmed:
        # A surplus may have grown since: what nobody was asked about is still owed.
        cents = min(claim.open_cents, decided.amount_cents)
        part = NewPart("written_off", cents, clock.today(), reason=decided.reason)
        await claims.note_part(tx, claim, part, by=said.by)
    else:
        await _record(tx, claim, "claim.write_off_refused", by=said.by, write_off=str(id), reason=said.reason)
    return decided


async def _get(tx: TenantTransaction, id: UUID) -> WriteOff:
    row = await tx.fetchrow("SELECT * FROM claim_write_offs WHERE tenant_id = $1 AND id = $2", tx.tenant.id, id)
    if row is None:
        raise NotFound("claim_not_found")
    return WriteOff.from_row(row)


async def _record(tx: TenantTransaction, claim: Claim, action: str, *, by: str, **detail: object) -> None:
    await audit.record(
        tx,
        actor=by,
        action=action,
        subject="partner",
        subject_id=str(claim.partner_id),
        detail={"claim": str(claim.id), "cents": claim.open_cents, **detail},
    )
