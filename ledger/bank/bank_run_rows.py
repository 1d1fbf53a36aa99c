"""Bank runs and their payments as the ledger holds them. What may be done with them: bank_runs.py."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ledger.audit import audit
from ledger.bank.bank_candidates import SECONDS
from ledger.bank.bank_ids import masked
from ledger.bank.further_attempts import TRANSFERRED_AGAIN
from ledger.bank.sepa_area import must_be_reported
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import Frozen, PayoutId, PayoutNumber, PayoutState


class BankRun(Frozen):
    """A bank run: payments that go to the bank in one file. `total_cents` is their sum."""

    id: UUID
    seq: int
    number: str
    state: str
    account_id: UUID
    execution_date: date
    batch_booking: bool
    instant: bool
    """Executed within seconds, on any day (INST)."""
    name_check: bool
    """A note for the person at the bank: whether to have the names checked there. It is no member of the file."""
    payments: int
    total_cents: int
    content_hash: str
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    approved_alone: bool
    approved_hash: str | None
    file_made_at: datetime | None
    downloads: int
    exported_by: str | None
    exported_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    cancel_requested_by: str | None
    cancel_requested_at: datetime | None
    cancel_reason: str | None
    cancelled_by: str | None
    cancelled_at: datetime | None
    state_reason_code: str | None
    state_reason_params: dict[str, Any] | None
    file_sha256: str | None
    """Of the file as it is downloaded."""

    @property
    def why(self) -> Reason | None:
        """Why it is a draft once more."""
        return Reason.read(self.state_reason_code, self.state_reason_params)


class BankRunLine(Frozen):
    """One payment."""

    id: UUID
    position: int
    payout_id: PayoutId
    payout: PayoutNumber
    payout_state: PayoutState
    partner_code: str
    partner_country: str | None = None
    credit_note_number: str | None
    bank_details_id: UUID
    creditor: str
    iban_last4: str
    amount_cents: int
    end_to_end_id: str
    remittance: str
    released_at: datetime | None
    released_reason: str | None
    """What a person wrote; `why_released` knows what a code says, too."""
    released_code: str | None
    released_params: dict[str, Any] | None

    @property
    def stood_in_file(self) -> bool:
        """Whether the file that counts holds it, as in PostgreSQL: also where it came back and is sent once more."""
        return self.released_at is None or self.released_code in (TRANSFERRED_AGAIN, "rejected_by_the_bank")

    @property
    def why_released(self) -> Reason | str | None:
        """Why it is not (any more) in the run."""
        return Reason.read(self.released_code, self.released_params) or self.released_reason

    @property
    def must_be_reported(self) -> bool:
        """Whether it is a payment to be reported to the Bundesbank (Z4)."""
        return must_be_reported(self.amount_cents, self.partner_country)

    @property
    def masked_iban(self) -> str:
        """The IBAN as pages show it: the last four characters."""
        return masked(self.iban_last4)


async def get(tx: TenantTransaction, number: str) -> BankRun:
    """A bank run, by its number. Raises NotFound."""
    return of_row(
        await tx.fetchrow("SELECT * FROM bank_runs WHERE tenant_id = $1 AND number = $2", tx.tenant.id, number)
    )


async def lock(tx: TenantTransaction, number: str) -> BankRun:
    """The run, held until the end of the transaction. Raises NotFound."""
    return of_row(
        await tx.fetchrow(
            "SELECT * FROM bank_runs WHERE tenant_id = $1 AND number = $2 FOR UPDATE",
            tx.tenant.id,
            number,
            timeout=SECONDS,
        )
    )


async def list_runs(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: Place | None = None, limit: int = 50
) -> tuple[list[BankRun], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    changed_since(where, "r", updated_since)
    RECORDED.begin(where, "r", after)
    rows = await tx.fetch(
        f"SELECT * FROM bank_runs r WHERE r.tenant_id = $1 {where} ORDER BY {RECORDED.by('r')} LIMIT $2",
        *where.parameters,
    )
    return RECORDED.cut([of_row(row) for row in rows], limit)


_LINES = """
    SELECT l.*, p.number AS payout, p.state AS payout_state, q.code AS partner_code,
           q.country_code AS partner_country, b.iban_last4,
           d.voucher_number AS credit_note_number
      FROM bank_run_lines l
      JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      JOIN partner_bank_details b ON b.tenant_id = l.tenant_id AND b.id = l.bank_details_id
      LEFT JOIN external_documents d
             ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
     WHERE l.tenant_id = $1 AND l.run_id = $2
"""


async def lines(tx: TenantTransaction, run: UUID, *, after: int = 0, limit: int | None = None) -> list[BankRunLine]:
    """The payments in the order of the file, those that dropped out among them."""
    rows = await tx.fetch(
        _LINES + " AND l.position > $3 ORDER BY l.position LIMIT $4",
        tx.tenant.id,
        run,
        after,
        limit,
        timeout=SECONDS,
    )
    return [BankRunLine.from_row(row) for row in rows]


async def find_line(tx: TenantTransaction, number: str, payout: str) -> BankRunLine | None:
    """The payment of this payout that the run holds, or held: what dropped out is decided about here all the same."""
    run = await get(tx, number)
    row = await tx.fetchrow(
        _LINES + " AND p.number = $3 ORDER BY l.released_at IS NOT NULL, l.position DESC LIMIT 1",
        tx.tenant.id,
        run.id,
        payout,
    )
    return None if row is None else BankRunLine.from_row(row)


async def count_paid_payouts(tx: TenantTransaction, run: UUID) -> tuple[int, int]:
    """Of the payments that are still in the run: how many payouts are or were paid, say lexoffice or the bank, and how
    many there are. One that came back since then was in a file that the bank has had; the day on which it was paid says
    nothing of a file that transfers it again."""
    row = await tx.fetchrow(
        """
        SELECT count(*) FILTER (WHERE p.state = 'paid'
                   OR (p.paid_on IS NOT NULL AND l.end_to_end_id = p.number)
                   OR EXISTS (
                   SELECT FROM payment_attempts a
                    WHERE a.tenant_id = l.tenant_id AND a.payout_id = l.payout_id AND a.ended_how = 'paid'
                      AND l.end_to_end_id = p.number || '-' || a.attempt)
                   OR EXISTS (
                   SELECT FROM payment_evidence e
                    WHERE e.tenant_id = l.tenant_id AND e.payout_id = l.payout_id AND e.run_line_id = l.id
                      AND e.kind = 'debit'
                      AND NOT EXISTS (SELECT FROM payment_evidence c
                                       WHERE c.tenant_id = e.tenant_id AND c.cancels = e.id))
                   OR l.released_code = 'transferred_again') AS paid,
               count(*) AS payments
          FROM bank_run_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE l.tenant_id = $1 AND l.run_id = $2 AND stood_in_file(l)
        """,
        tx.tenant.id,
        run,
    )
    assert row is not None, "it counts"
    return row["paid"], row["payments"]


def of_row(row: Any) -> BankRun:
    """The bank run of a row. Raises NotFound for no row."""
    if row is None:
        raise NotFound("bank_run_not_found")
    members = {name: row[name] for name in BankRun.model_fields}
    digest = members.pop("file_sha256")
    return BankRun(**members, file_sha256=None if digest is None else digest.hex())


_WHY_NOT = {
    "draft": "bank_run_draft",
    "approved": "bank_run_approved",
    "exported": "bank_run_exported",
    "confirmed": "bank_run_confirmed",
    "cancelled": "bank_run_cancelled",
}


async def release(tx: TenantTransaction, reasons: Mapping[UUID, Reason | str]) -> None:
    """These payments drop out, each for a reason of ours or for what a person wrote."""
    await tx.execute(
        """
        UPDATE bank_run_lines l
           SET released_at = now(), released_reason = r.words, released_code = r.code, released_params = r.params
          FROM unnest($2::uuid[], $3::text[], $4::text[], $5::jsonb[]) AS r (id, words, code, params)
         WHERE l.tenant_id = $1 AND l.id = r.id AND l.released_at IS NULL
        """,
        tx.tenant.id,
        list(reasons),
        [why if isinstance(why, str) else None for why in reasons.values()],
        [why.code if isinstance(why, Reason) else None for why in reasons.values()],
        [why.params if isinstance(why, Reason) else None for why in reasons.values()],
        timeout=SECONDS,
    )


def require_state(run: BankRun, *states: str) -> None:
    """Nothing, if the run is in one of these states.

    Raises NotAllowedNow where the run is in none of these states; the code says in which it is.
    """
    if run.state not in states:
        raise NotAllowedNow(_WHY_NOT[run.state])


async def note(tx: TenantTransaction, by: str, what: str, run: BankRun, **detail: Any) -> None:
    """An audit entry about the run: its number, payments and cents, and what else is given."""
    await audit.record(
        tx,
        actor=by,
        action=f"bank_run.{what}",
        subject="bank_run",
        subject_id=run.number,
        detail={"payments": run.payments, "total_cents": run.total_cents, **detail},
    )
