"""What the bank rejected of a file before it booked (pain.002, RJCT), by payment, and that its payments are free again.

Only a second person frees them (rules.md, Bank), while no debit of them was seen. One that comes later keeps the payout
out of the next file, or is a task where that file is made already.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ledger import tasks
from ledger.access import four_eyes
from ledger.bank import bank_run_rows, return_reasons
from ledger.bank.bank_run_rows import BankRun, require_state
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import Frozen

BANK_REJECTED = "bank_rejected"
REJECTED = "rejected_by_the_bank"
"""Why a payment is no longer held by its run."""
_PEOPLE = ("user:", "key:")
"""Actors that are somebody. A watched folder is nobody."""


class Rejection(Frozen):
    """Of one payment. `told_by` brought the bank's report."""

    run_line_id: UUID
    reason_code: str | None
    told_by: str
    told_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None

    @property
    def why(self) -> Reason:
        """The bank's reason in words."""
        return return_reasons.in_words(self.reason_code)


async def keep(tx: TenantTransaction, codes: Mapping[UUID, str | None], *, by: str) -> None:
    """The bank rejects these payments, by this code each; told again, the first one stays. The run is locked."""
    await tx.execute(
        """
        INSERT INTO bank_rejections (tenant_id, run_line_id, reason_code, told_by)
        SELECT $1, line, code, $4 FROM unnest($2::uuid[], $3::text[]) AS r (line, code) ON CONFLICT DO NOTHING
        """,
        tx.tenant.id,
        list(codes),
        [code and code[:70] for code in codes.values()],
        by,
    )


async def of_run(tx: TenantTransaction, run: UUID) -> dict[UUID, Rejection]:
    """By payment."""
    rows = await tx.fetch(
        """
        SELECT r.* FROM bank_rejections r
          JOIN bank_run_lines l ON l.tenant_id = r.tenant_id AND l.id = r.run_line_id
         WHERE r.tenant_id = $1 AND l.run_id = $2
        """,
        tx.tenant.id,
        run,
    )
    return {row["run_line_id"]: Rejection.from_row(row) for row in rows}


async def confirm(tx: TenantTransaction, number: str, *, by: str) -> BankRun:
    """A second person has seen at the bank that these payments were rejected: they are free for another file, but for
    those of which a debit was seen.

    Locks the run. Raises NotFound, NotAllowedNow (nothing rejected that is not confirmed; a debit of all that is left
    was seen), SecondPersonNeeded: who brought the report is the first one; where no person did, who sent the file.
    """
    run = await bank_run_rows.lock(tx, number)
    require_state(run, "exported", "confirmed")
    waiting = [one for one in (await of_run(tx, run.id)).values() if one.confirmed_at is None]
    if not waiting:
        raise NotAllowedNow("nothing_rejected")
    booked = await tx.fetch(
        """
        SELECT e.run_line_id, p.number FROM payment_evidence e
          JOIN payouts p ON p.tenant_id = e.tenant_id AND p.id = e.payout_id
         WHERE e.tenant_id = $1 AND e.run_line_id = ANY ($2) AND e.kind = 'debit' ORDER BY p.seq
        """,
        tx.tenant.id,
        [one.run_line_id for one in waiting],
    )
    left = {row["run_line_id"] for row in booked}
    waiting = [one for one in waiting if one.run_line_id not in left]
    if not waiting:
        raise NotAllowedNow("rejected_but_booked", number=booked[0]["number"])
    first = [one.told_by if one.told_by.startswith(_PEOPLE) else run.exported_by for one in waiting]
    alone = await four_eyes.require_second_person(tx, by, made_by=first)
    await tx.execute(
        """
        UPDATE bank_rejections SET confirmed_by = $3, confirmed_at = now(), confirmed_alone = $4
         WHERE tenant_id = $1 AND run_line_id = ANY ($2)
        """,
        tx.tenant.id,
        [one.run_line_id for one in waiting],
        by,
        alone,
    )
    released = {one.run_line_id: Reason(code=REJECTED, params={"why": one.why.model_dump()}) for one in waiting}
    await bank_run_rows.release(tx, released)
    await tasks.close_questions(tx, subject="bank_run", subject_id=run.number, kinds=(BANK_REJECTED,), by=by)
    await bank_run_rows.note(tx, by, "rejection_confirmed", run, rejected=len(waiting), alone=alone)
    return run
