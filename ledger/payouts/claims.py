"""Claims („Forderungen"): what a partner owes us beside its commissions, until it is settled, netted or written off.

One comes of an effective correcting document, or where the bank transferred too much. What has come of it are rows that
never change (`claim_parts`); rest and state follow them in PostgreSQL (sum_up_claim). Cents, gross.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from ledger import clock
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.payouts.own_reversal_rows import OwnReversal
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, PayoutNumber


class ClaimCause(StrEnum):
    """Of what a claim came."""

    CORRECTION = "correction"
    """A correcting document over a negative balance."""
    OVERPAID = "overpaid"
    """The bank transferred more than was due."""


class ClaimState(StrEnum):
    """What has become of it. All but `open` are ends."""

    OPEN = "open"
    SETTLED = "settled"
    """Paid back."""
    NETTED = "netted"
    """Set off, all or the rest of it."""
    WRITTEN_OFF = "written_off"
    """Given up, all or the rest of it."""
    VOID = "void"
    """The bank took back what it had transferred too much."""


class Claim(Frozen):
    """A claim as it is now. `settled_cents`: what has come of it, by whatever way."""

    id: UUID
    seq: int
    partner_id: PartnerId
    partner_code: str
    cause: ClaimCause
    document_number: str | None
    """Of the correcting document."""
    payout_number: PayoutNumber | None
    """The payout that was paid too much."""
    amount_cents: int
    settled_cents: int
    open_cents: int
    """What is still owed; nothing of one that has ended."""
    state: ClaimState
    made_at: datetime
    ended_at: datetime | None


class ClaimPart(Frozen):
    """Something that has come of a claim, and who said so."""

    id: UUID
    how: Literal["bank", "hand", "written_off"]
    amount_cents: int
    day: date
    reference: str | None
    entry_id: UUID | None
    reason: str | None
    noted_by: str
    noted_at: datetime


class ClaimFilter(Frozen):
    """Which claims are listed."""

    partner_id: PartnerId | None = None
    state: ClaimState | None = None
    cause: ClaimCause | None = None
    updated_since: datetime | None = None


class PaidBack(Frozen):
    """What a person says of a repayment that no statement of the bank shows. No amount: all that is owed."""

    day: date
    reference: str = Field(min_length=1, max_length=140)
    amount_cents: int | None = None


class NewPart(NamedTuple):
    """A part to be written; what it is asked for of depends on `how`."""

    how: Literal["bank", "hand", "written_off"]
    amount_cents: int
    day: date
    reference: str | None = None
    entry_id: UUID | None = None
    reason: str | None = None


_CLAIM = """
    SELECT c.*, q.code AS partner_code, o.number AS document_number, p.number AS payout_number,
           CASE WHEN c.state = 'open' THEN c.amount_cents - c.settled_cents ELSE 0 END AS open_cents
      FROM claims c
      JOIN partners q ON q.tenant_id = c.tenant_id AND q.id = c.partner_id
      LEFT JOIN own_reversals r ON r.tenant_id = c.tenant_id AND r.id = c.reversal_id
      LEFT JOIN own_documents o ON o.tenant_id = c.tenant_id AND o.id = r.document_id
      LEFT JOIN payouts p ON p.tenant_id = c.tenant_id AND p.id = c.payout_id
     WHERE c.tenant_id = $1
"""
_ALL = ClaimFilter()


async def list_claims(
    tx: TenantTransaction, wanted: ClaimFilter = _ALL, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Claim], Place | None]:
    """A page of them, newest first, and where the next one begins."""
    where = Conditions(tx.tenant.id)
    for phrase, value in _phrases(wanted):
        where.require(phrase, value)
    changed_since(where, "c", wanted.updated_since)
    RECORDED.begin(where, "c", after)
    rows = await tx.fetch(
        f"{_CLAIM} {where} ORDER BY {RECORDED.by('c')} LIMIT {where.parameter(limit + 1)}", *where.parameters
    )
    return RECORDED.cut([Claim.from_row(row) for row in rows], limit)


def _phrases(wanted: ClaimFilter) -> Iterator[tuple[str, object]]:
    if wanted.partner_id is not None:
        yield "c.partner_id = {}", wanted.partner_id
    if wanted.state is not None:
        yield "c.state = {}", wanted.state
    if wanted.cause is not None:
        yield "c.cause = {}", wanted.cause


async def get(tx: TenantTransaction, id: UUID) -> Claim:
    """One claim. Raises NotFound."""
    row = await tx.fetchrow(_CLAIM + " AND c.id = $2", tx.tenant.id, id)
    if row is None:
        raise NotFound("claim_not_found")
    return Claim.from_row(row)


async def find_repaid(tx: TenantTransaction, iban_hmac: bytes | None, cents: int) -> Claim | None:
    """The claim that a credit from a partner's account may repay: an open one of that amount first, then the oldest.

    Also one that is set off by now, where the credit is of its amount: else it would be paid twice, unseen.
    """
    row = await tx.fetchrow(
        _CLAIM
        + """
          AND (c.state = 'open' OR c.state = 'netted' AND $3 IN (
               c.amount_cents, (SELECT sum(amount_cents)::bigint FROM set_offs
                                 WHERE tenant_id = c.tenant_id AND claim_id = c.id AND released_at IS NULL)))
          AND c.partner_id IN (SELECT partner_id FROM partner_bank_details WHERE tenant_id = $1 AND iban_hmac = $2)
        ORDER BY c.state <> 'open', c.amount_cents - c.settled_cents <> $3, c.seq LIMIT 1
        """,
        tx.tenant.id,
        iban_hmac,
        cents,
    )
    return None if row is None else Claim.from_row(row)


async def parts_of(tx: TenantTransaction, claim: UUID) -> list[ClaimPart]:
    """What has come of it, in the order in which it was noted."""
    rows = await tx.fetch(
        "SELECT * FROM claim_parts WHERE tenant_id = $1 AND claim_id = $2 ORDER BY seq", tx.tenant.id, claim
    )
    return [ClaimPart.from_row(row) for row in rows]


async def hold(tx: TenantTransaction, id: UUID) -> Claim:
    """The claim with the hands of its partner, held until the end of the transaction. Raises NotFound."""
    await hands.hold_partner(tx, (await get(tx, id)).partner_id)
    return await get(tx, id)


async def raise_of_correction(tx: TenantTransaction, reversal: OwnReversal) -> None:
    """The correcting document is effective: its gross is owed. Doing it again changes nothing."""
    made = await tx.fetchval(
        """
        INSERT INTO claims (tenant_id, partner_id, cause, reversal_id, amount_cents)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, reversal_id) DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        reversal.partner_id,
        ClaimCause.CORRECTION,
        reversal.id,
        -reversal.gross_cents,
    )
    if made is not None:
        await _record(
            tx,
            reversal.partner_id,
            "claim.raised",
            by="engine",
            detail={"claim": str(made), "document": reversal.document_number, "cents": -reversal.gross_cents},
        )


async def settle_by_hand(tx: TenantTransaction, id: UUID, said: PaidBack, *, by: str) -> Claim:
    """A person says that it was paid back, on which day and under which reference.

    Raises NotFound, NotAllowedNow (it has ended), NotAcceptable (more than is owed, a day to come).
    """
    claim = await hold(tx, id)
    amount = claim.open_cents if said.amount_cents is None else said.amount_cents
    if said.day > clock.today():
        raise NotAcceptable("claim_day_in_future")
    if claim.open_cents and not 0 < amount <= claim.open_cents:
        raise NotAcceptable("claim_amount_not_acceptable", left=claim.open_cents)
    await note_part(tx, claim, NewPart("hand", amount, said.day, reference=said.reference), by=by)
    return await get(tx, id)


async def note_part(tx: TenantTransaction, claim: Claim, part: NewPart, *, by: str) -> None:
    """Something has come of it. The claim is held. Raises NotAllowedNow (it has ended)."""
    if not claim.open_cents:
        raise NotAllowedNow("claim_is_over")
    id = await tx.fetchval(
        """
        INSERT INTO claim_parts (tenant_id, claim_id, how, amount_cents, day, reference, entry_id, reason, noted_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
        """,
        tx.tenant.id,
        claim.id,
        *part,
        by,
    )
    await _record(
        tx,
        claim.partner_id,
        "claim.written_off" if part.how == "written_off" else "claim.paid_back",
        by=by,
        detail={
            "claim": str(claim.id),
            "part": str(id),
            "how": part.how,
            "cents": part.amount_cents,
            "day": part.day.isoformat(),
            "reason": part.reason,
        },
    )


async def _record(
    tx: TenantTransaction, partner: PartnerId, action: str, *, by: str, detail: dict[str, object]
) -> None:
    await audit.record(tx, actor=by, action=action, subject="partner", subject_id=str(partner), detail=detail)
