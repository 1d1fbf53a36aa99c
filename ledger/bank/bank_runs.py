"""Bank runs (Zahlungsläufe): draft → approved (a second person) → exported → confirmed.

The file is made once, from what was approved, in the transaction of its first download; every later download is that
very file. PostgreSQL keeps that a payout is in one run at most and that nothing approved changes (functions/bank.sql).
Locks are taken in this order: the run, then its payouts.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from ledger import clock
from ledger.access import four_eyes
from ledger.bank import bank_accounts, bank_candidates
from ledger.bank.bank_candidates import SECONDS, Candidate
from ledger.bank.bank_days import checked_execution_date
from ledger.bank.bank_run_rows import BankRun, BankRunLine, get, lines, lock, note, of_row, release, require_state
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import ContentHasChanged, NotAcceptable, NotAllowedNow, NotFound, NothingDue
from ledger.types import PayoutId
from ledger.vault import Vault

MOST_PAYMENTS = 10_000
"""Of one file. Banks take more, but nobody compares more at once; the rest goes into the next run."""


async def create(
    tx: TenantTransaction,
    vault: Vault,
    *,
    by: str,
    account: UUID | None = None,
    execution_date: date | None = None,
    payouts: Sequence[str] | None = None,
) -> BankRun:
    """A draft of all that may be paid now, or of these payouts.

    Raises NothingDue, NotAcceptable (date; a named payout that may not be paid), NotAllowedNow (account), NotFound.
    """
    own = await bank_accounts.get_active(tx, account)
    today = clock.today()
    day = checked_execution_date(execution_date, today)
    chosen = await _chosen(tx, vault, payouts)
    row = await tx.fetchrow(
        """
        INSERT INTO bank_runs (tenant_id, number, account_id, execution_date, batch_booking, created_by)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING *
        """,
        tx.tenant.id,
        await _next_number(tx, today.year),
        own.id,
        day,
        own.batch_booking,
        by,
    )
    run = of_row(row)
    await _insert_lines(tx, run, chosen)
    run = await _count_anew(tx, run)
    await note(tx, by, "created", run, execution_date=day.isoformat(), account=str(own.id))
    return run


async def drop(tx: TenantTransaction, number: str, payout: str, *, by: str, reason: str) -> BankRun:
    """Take one payment out of a draft by hand. Raises NotFound, NotAllowedNow."""
    run = await lock(tx, number)
    require_state(run, "draft")
    line = next((one for one in await lines(tx, run.id) if one.payout == payout and not one.released_at), None)
    if line is None:
        raise NotFound("payment_not_found")
    await release(tx, {line.id: reason})
    run = await _count_anew(tx, run)
    await note(tx, by, "payment_dropped", run, payout=payout, reason=reason)
    return run


async def reschedule(tx: TenantTransaction, number: str, day: date, *, by: str) -> BankRun:
    """Another execution day; an approval is void with it. Raises NotFound, NotAllowedNow, NotAcceptable."""
    run = await lock(tx, number)
    require_state(run, "draft", "approved")
    checked = checked_execution_date(day, clock.today(), instant=run.instant)
    if run.state == "approved":
        await _void_approval(tx, run, Reason.of("execution_date_changed"))
    await tx.execute(
        "UPDATE bank_runs SET execution_date = $3 WHERE tenant_id = $1 AND id = $2", tx.tenant.id, run.id, checked
    )
    await note(
        tx,
        by,
        "rescheduled",
        run,
        before=run.execution_date.isoformat(),
        after=checked.isoformat(),
    )
    return await _count_anew(tx, run)


async def choose_instant(tx: TenantTransaction, number: str, *, instant: bool, by: str) -> BankRun:
    """Whether the bank is asked for instant transfers (INST), where its account takes them. It voids an approval.

    Raises NotFound, NotAllowedNow (sent; an account that takes none), NotAcceptable (a day on which others are not
    executed, where they are asked for no more).
    """
    run = await lock(tx, number)
    require_state(run, "draft", "approved")
    if instant and not (await bank_accounts.get_active(tx, run.account_id)).takes_instant:
        raise NotAllowedNow("own_account_takes_no_instant")
    if instant == run.instant:
        return run
    checked_execution_date(run.execution_date, clock.today(), instant=instant)
    if run.state == "approved":
        await _void_approval(tx, run, Reason.of("instant_changed"))
    await tx.execute(
        "UPDATE bank_runs SET instant = $3 WHERE tenant_id = $1 AND id = $2", tx.tenant.id, run.id, instant
    )
    await note(tx, by, "instant_chosen", run, instant=instant)
    return await _count_anew(tx, run)


async def note_name_check(tx: TenantTransaction, number: str, *, wanted: bool, by: str) -> BankRun:
    """Whether the person at the bank is to have the names checked there. Raises NotFound, NotAllowedNow (sent)."""
    run = await lock(tx, number)
    require_state(run, "draft", "approved")
    row = await tx.fetchrow(
        "UPDATE bank_runs SET name_check = $3 WHERE tenant_id = $1 AND id = $2 RETURNING *",
        tx.tenant.id,
        run.id,
        wanted,
    )
    await note(tx, by, "name_check_noted", run, wanted=wanted)
    return of_row(row)


async def refresh(tx: TenantTransaction, vault: Vault, number: str, *, by: str) -> list[BankRunLine]:
    """Judge every payment of a draft or approved run anew; what may not be paid any more drops out, with the reason.

    An approval is void when something drops out: the sum is another one. Returns what dropped out. To be committed
    before `approve` and `export`, which refuse what they would have to drop. Raises NotFound.
    """
    run = await lock(tx, number)
    if run.state not in ("draft", "approved"):
        return []
    reasons = await barred(tx, vault, run)
    if not reasons:
        return []
    dropped = [line for line in await lines(tx, run.id) if line.id in reasons]
    if run.state == "approved":
        await _void_approval(tx, run, Reason.of("payment_dropped_out"))
    await release(tx, reasons)
    run = await _count_anew(tx, run)
    for line in dropped:
        await note(tx, by, "payment_dropped", run, payout=line.payout, reason=reasons[line.id].model_dump())
    said = {line: {"released_code": reason.code, "released_params": reason.params} for line, reason in reasons.items()}
    return [line.model_copy(update=said[line.id]) for line in dropped]


async def approve(tx: TenantTransaction, vault: Vault, number: str, *, by: str, seen_hash: str) -> BankRun:
    """draft → approved, by somebody else than who made it. `seen_hash` is the content that was looked at.

    Raises NotFound, NotAllowedNow, SecondPersonNeeded, ContentHasChanged, NotAcceptable (a day that has passed).
    """
    run = await lock(tx, number)
    require_state(run, "draft")
    if not run.payments:
        raise NotAllowedNow("bank_run_empty")
    alone = await four_eyes.require_second_person(tx, by, made_by=[run.created_by])
    await bank_accounts.get_active(tx, run.account_id)
    checked_execution_date(run.execution_date, clock.today(), instant=run.instant)
    if run.content_hash != seen_hash or await barred(tx, vault, run):
        raise ContentHasChanged
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET state = 'approved', approved_by = $3, approved_at = now(), approved_alone = $4,
                             approved_hash = content_hash, state_reason_code = NULL,
                             state_reason_params = NULL
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
        by,
        alone,
    )
    await note(tx, by, "approved", of_row(row), content_hash=run.content_hash, alone=alone)
    return of_row(row)


async def confirm(tx: TenantTransaction, number: str, *, by: str, today: date) -> BankRun:
    """exported → confirmed: the bank has carried it out. Whether a payout is paid lexoffice says, not this.

    `today` in Germany. Raises NotFound, NotAllowedNow: before its execution day no bank carries a file out.
    """
    run = await lock(tx, number)
    require_state(run, "exported")
    if today < run.execution_date:
        raise NotAllowedNow("execution_day_ahead", day=run.execution_date)
    if run.cancel_requested_by is not None:
        raise NotAllowedNow("cancel_requested")
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET state = 'confirmed', confirmed_by = $3, confirmed_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
        by,
    )
    await note(tx, by, "confirmed", of_row(row))
    return of_row(row)


async def _chosen(tx: TenantTransaction, vault: Vault, numbers: Sequence[str] | None) -> list[Candidate]:
    wanted: list[PayoutId] | None = None
    if numbers is not None:
        found = await tx.fetch(
            "SELECT id, number FROM payouts WHERE tenant_id = $1 AND number = ANY ($2)", tx.tenant.id, list(numbers)
        )
        if {row["number"] for row in found} != set(numbers):
            raise NotFound("payout_not_found")
        wanted = [PayoutId(row["id"]) for row in found]
    judged = await bank_candidates.judged(tx, vault, payouts=wanted, lock=True)
    if wanted is not None:
        for one in judged:
            if one.barred:
                raise NotAcceptable("payout_not_payable", number=one.number, why=one.barred.model_dump())
    payable = [one for one in judged if one.barred is None][:MOST_PAYMENTS]
    if not payable:
        raise NothingDue("nothing_to_transfer")
    return payable


async def _insert_lines(tx: TenantTransaction, run: BankRun, chosen: list[Candidate]) -> None:
    await tx.execute(
        """
        INSERT INTO bank_run_lines (tenant_id, run_id, position, payout_id, bank_details_id, creditor, amount_cents,
                                    end_to_end_id, remittance)
        SELECT $1, $2, position, payout, account, creditor, amount, reference, remittance
          FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[]) WITH ORDINALITY
               AS l (payout, account, creditor, amount, reference, remittance, position)
        """,
        tx.tenant.id,
        run.id,
        [one.payout_id for one in chosen],
        [one.bank_details_id for one in chosen],
        [one.creditor for one in chosen],
        [one.amount_cents for one in chosen],
        [one.end_to_end_id for one in chosen],
        [one.remittance for one in chosen],
        timeout=SECONDS,
    )


async def barred(tx: TenantTransaction, vault: Vault, run: BankRun) -> dict[UUID, Reason]:
    """Lines that may not be paid (any more), with the reason. The run is locked; its payouts are, from here on."""
    held = {line.payout_id: line for line in await lines(tx, run.id) if line.released_at is None}
    judged = await bank_candidates.judged(tx, vault, payouts=list(held), in_run=run.id, lock=True)
    reasons = {}
    for one in judged:
        line = held[one.payout_id]
        if one.barred:
            reasons[line.id] = one.barred
        elif (one.amount_cents, one.bank_details_id) != (line.amount_cents, line.bank_details_id):
            reasons[line.id] = Reason.of("no_longer_as_drafted")
        elif (one.creditor, one.remittance) != (line.creditor, line.remittance):
            reasons[line.id] = Reason.of("name_no_longer_as_drafted")
    return reasons


async def _count_anew(tx: TenantTransaction, run: BankRun) -> BankRun:
    """Number, sum and hash of a draft from the lines that are left."""
    held = [line for line in await lines(tx, run.id) if line.released_at is None]
    fresh = await get(tx, run.number)
    content: dict[str, object] = {
        "run": run.number,
        "account": str(fresh.account_id),
        "execution_date": fresh.execution_date.isoformat(),
        "batch_booking": fresh.batch_booking,
        "payments": [
            [line.end_to_end_id, line.amount_cents, line.creditor, str(line.bank_details_id), line.remittance]
            for line in held
        ],
    }
    if fresh.instant:  # the hash of all others stays what it was
        content["instant"] = True
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row = await tx.fetchrow(
        """
        UPDATE bank_runs SET payments = $3, total_cents = $4, content_hash = $5
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tx.tenant.id,
        run.id,
        len(held),
        sum(line.amount_cents for line in held),
        digest,
    )
    return of_row(row)


async def _void_approval(tx: TenantTransaction, run: BankRun, reason: Reason) -> None:
    await tx.execute(
        """
        UPDATE bank_runs SET state = 'draft', approved_by = NULL, approved_at = NULL, approved_alone = false,
                             approved_hash = NULL, state_reason_code = $3, state_reason_params = $4
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        run.id,
        reason.code,
        reason.params,
    )


async def _next_number(tx: TenantTransaction, year: int) -> str:
    last = await tx.fetchval(
        """
        INSERT INTO bank_run_counters (tenant_id, year, last) VALUES ($1, $2, 1)
        ON CONFLICT (tenant_id, year) DO UPDATE SET last = bank_run_counters.last + 1 RETURNING last
        """,
        tx.tenant.id,
        year,
    )
    return f"ZL-{year}-{last:04d}"
