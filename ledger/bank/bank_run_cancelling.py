"""Cancelling a bank run: at once before its file was made, by two persons after that."""

from ledger.access import four_eyes
from ledger.bank.bank_run_rows import BankRun, count_paid_payouts, lines, lock, note, of_row, release, require_state
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow


async def cancel(tx: TenantTransaction, number: str, *, by: str, reason: str) -> BankRun:
    """Before the export at once; after it this is a request that a second person confirms (`confirm_cancel`).

    Raises NotFound, NotAllowedNow (also when all of its payouts are paid), NotAcceptable without a reason.
    """
    if not reason.strip():
        raise NotAcceptable("reason_missing")
    run = await lock(tx, number)
    require_state(run, "draft", "approved", "exported")
    if run.cancel_requested_by is not None:
        raise NotAllowedNow("cancel_requested_before")
    await _require_not_carried_out(tx, run)
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET cancel_reason = $3, cancel_requested_by = $4, cancel_requested_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
        reason.strip(),
        by,
    )
    asked = of_row(row)
    if run.state == "exported":
        await note(tx, by, "cancel_requested", asked, reason=asked.cancel_reason)
        return asked
    return await _cancelled(tx, asked, by, alone=False)


async def confirm_cancel(tx: TenantTransaction, number: str, *, by: str) -> BankRun:
    """The second person: the file was not, and will not be, carried out. Its payouts are free for another run.

    Raises NotFound, NotAllowedNow, SecondPersonNeeded.
    """
    run = await _cancel_asked(tx, number)
    await _require_not_carried_out(tx, run)
    alone = await four_eyes.require_second_person(tx, by, made_by=[run.cancel_requested_by])
    return await _cancelled(tx, run, by, alone=alone)


async def withdraw_cancel(tx: TenantTransaction, number: str, *, by: str) -> BankRun:
    """The request was wrong: the file counts. Raises NotFound, NotAllowedNow."""
    run = await _cancel_asked(tx, number)
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET cancel_reason = NULL, cancel_requested_by = NULL, cancel_requested_at = NULL
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
    )
    await note(tx, by, "cancel_withdrawn", of_row(row), reason=run.cancel_reason)
    return of_row(row)


async def _cancel_asked(tx: TenantTransaction, number: str) -> BankRun:
    run = await lock(tx, number)
    require_state(run, "exported")
    if run.cancel_requested_by is None:
        raise NotAllowedNow("cancel_not_requested")
    return run


async def _cancelled(tx: TenantTransaction, run: BankRun, by: str, *, alone: bool) -> BankRun:
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET state = 'cancelled', cancelled_by = $3, cancelled_at = now(), cancelled_alone = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
        by,
        alone,
    )
    held = [line.id for line in await lines(tx, run.id) if line.released_at is None]
    await release(tx, dict.fromkeys(held, Reason.of("bank_run_was_cancelled")))
    await note(tx, by, "cancelled", run, reason=run.cancel_reason, was=run.state, alone=alone)
    return of_row(row)


async def _require_not_carried_out(tx: TenantTransaction, run: BankRun) -> None:
    """One that was paid by hand keeps no run from being cancelled. All of them: then the bank has had the file."""
    if run.state != "exported":
        return
    paid, payments = await count_paid_payouts(tx, run.id)
    if 0 < payments == paid:
        raise NotAllowedNow("bank_run_paid")
