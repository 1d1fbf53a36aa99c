"""Bookings (Umsätze) that may be about payouts, as lists and pages show them, with what each has proved."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from ledger.bank.bank_accounts import OF_ITS_IBAN
from ledger.bank.bank_ids import masked
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import Frozen, PayoutNumber


class EntryState(StrEnum):
    """Whether a booking is explained."""

    WAITING = "waiting"
    """Nobody has compared it yet, or only a preview tells of it."""
    MATCHED = "matched"
    UNRELATED = "unrelated"
    """It is about no payout."""
    UNRESOLVED = "unresolved"
    SET_ASIDE = "set_aside"


PROPOSALS = (
    "looks_like_a_transfer",
    "looks_like_money_back",
    "looks_like_repayment",
    "paid_without_a_file",
    "paid_back_without_a_code",
)
"""Codes of what is proposed, never assumed (matching.py)."""


class EntryDetail(Frozen):
    """A transfer within a booking; of the other account the last four characters."""

    end_to_end_id: str | None
    amount_cents: int | None
    other_name: str | None
    other_iban_last4: str | None
    return_code: str | None
    text: str | None

    @property
    def masked_iban(self) -> str | None:
        """The other IBAN as pages show it."""
        return masked(self.other_iban_last4) if self.other_iban_last4 else None


class EntryProof(Frozen):
    """What a booking is evidence of; `assigned_by` where a person said so."""

    payout: PayoutNumber
    kind: Literal["debit", "return", "reversal"]
    amount_cents: int
    reason_code: str | None
    assigned_by: str | None


class Repayment(Frozen):
    """What of a booking repays a claim, as a person said."""

    claim: UUID
    partner: str
    amount_cents: int
    assigned_by: str


class BankEntry(Frozen):
    """A booking (Umsatz) that may be about payouts."""

    id: UUID
    seq: int
    statement_id: UUID
    """That books it, or that told it first."""
    is_booked: bool
    """False while it is a preview."""
    booked_on: date | None
    valued_on: date | None
    amount_cents: int | None
    currency: str | None
    direction: str | None
    reversal: bool
    state: EntryState
    outcome_code: str | None
    outcome_params: dict[str, Any] | None
    batch_reference: str | None
    text: str | None
    decided_by: str | None
    details: tuple[EntryDetail, ...]
    proofs: tuple[EntryProof, ...]
    repayments: tuple[Repayment, ...]

    @property
    def why(self) -> Reason | None:
        """Why it is not assigned."""
        return Reason.read(self.outcome_code, self.outcome_params)

    @property
    def proposed(self) -> PayoutNumber | None:
        """The payout that it may be about, while nobody has decided."""
        if self.state is not EntryState.UNRESOLVED or self.outcome_code not in PROPOSALS:
            return None
        payout: PayoutNumber | None = (self.outcome_params or {}).get("payout")
        return payout

    @property
    def proposed_claim(self) -> UUID | None:
        """The claim that it may repay, while nobody has decided."""
        claim = (self.outcome_params or {}).get("claim")
        return UUID(claim) if claim and self.state is EntryState.UNRESOLVED else None


class EntryFilter(Frozen):
    """Days are those on which the bank booked, [from, before)."""

    state: EntryState | None = None
    statement: UUID | None = None
    account: UUID | None = None
    only_proposed: bool = False
    booked_from: date | None = None
    booked_before: date | None = None
    updated_since: datetime | None = None


_COLUMNS = """
    e.id, e.seq, COALESCE(e.booked_by, e.statement_id) AS statement_id, e.booked_by IS NOT NULL AS is_booked,
    e.booked_on, e.valued_on, e.amount_cents, e.currency, e.direction, e.reversal, e.state, e.outcome_code,
    e.outcome_params, e.batch_reference, e.text, e.decided_by,
    COALESCE((SELECT jsonb_agg(jsonb_build_object(
                     'end_to_end_id', d.end_to_end_id, 'amount_cents', d.amount_cents, 'other_name', d.other_name,
                     'other_iban_last4', d.other_iban_last4, 'return_code', d.return_code, 'text', d.text)
                     ORDER BY d.position)
                FROM bank_entry_details d
               WHERE d.tenant_id = e.tenant_id AND d.entry_id = e.id AND d.position < 100), '[]') AS details,
    COALESCE((SELECT jsonb_agg(jsonb_build_object(
                     'payout', c.number, 'kind', c.kind, 'amount_cents', c.amount_cents, 'reason_code', c.reason_code,
                     'assigned_by', c.assigned_by) ORDER BY c.seq)
                FROM (SELECT v.seq, p.number, v.kind, v.amount_cents, v.reason_code, v.assigned_by
                        FROM payment_evidence v JOIN payouts p ON p.tenant_id = v.tenant_id AND p.id = v.payout_id
                       WHERE v.tenant_id = e.tenant_id AND v.entry_id = e.id
                       ORDER BY v.seq LIMIT 100) c), '[]') AS proofs,
    COALESCE((SELECT jsonb_agg(jsonb_build_object(
                     'claim', r.claim_id, 'partner', q.code, 'amount_cents', r.amount_cents,
                     'assigned_by', r.noted_by) ORDER BY r.seq)
                FROM claim_parts r
                JOIN claims k ON k.tenant_id = r.tenant_id AND k.id = r.claim_id
                JOIN partners q ON q.tenant_id = k.tenant_id AND q.id = k.partner_id
               WHERE r.tenant_id = e.tenant_id AND r.entry_id = e.id), '[]') AS repayments
"""
_ALL = EntryFilter()


async def list_bank_entries(
    tx: TenantTransaction, wanted: EntryFilter = _ALL, *, after: Place | None = None, limit: int = 50
) -> tuple[list[BankEntry], Place | None]:
    """Newest first; the second value is where the next page begins. Bookings about no payout are never listed."""
    where = Conditions(tx.tenant.id, limit + 1)
    if wanted.state is not None:
        where.require("e.state = {}", wanted.state)
    if wanted.statement is not None:
        where.require("COALESCE(e.booked_by, e.statement_id) = {}", wanted.statement)
    if wanted.account is not None:
        where.require(f"e.account_id {OF_ITS_IBAN}", wanted.account)
    if wanted.only_proposed:
        where.require("e.outcome_code = ANY ({}) AND e.outcome_params ? 'payout'", PROPOSALS)
    if wanted.booked_from is not None:
        where.require("e.booked_on >= {}", wanted.booked_from)
    if wanted.booked_before is not None:
        where.require("e.booked_on < {}", wanted.booked_before)
    changed_since(where, "e", wanted.updated_since)
    RECORDED.begin(where, "e", after)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM bank_entries e
         WHERE e.tenant_id = $1 AND e.concerns_us {where} ORDER BY {RECORDED.by("e")} LIMIT $2
        """,
        *where.parameters,
    )
    return RECORDED.cut([BankEntry.from_row(row) for row in rows], limit)


async def get(tx: TenantTransaction, entry: UUID) -> BankEntry:
    """A booking that may be about payouts. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM bank_entries e WHERE e.tenant_id = $1 AND e.id = $2 AND e.concerns_us",
        tx.tenant.id,
        entry,
    )
    if row is None:
        raise NotFound("bank_entry_not_found")
    return BankEntry.from_row(row)
