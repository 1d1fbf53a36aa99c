"""Bank runs (Zahlungsläufe): draft → approved (a second person) → exported → confirmed.

The file is made once, from what was approved, in the transaction of its first download; every later download is that
very file. PostgreSQL keeps that a payout is in one run at most and that nothing approved changes (0022_bank.sql).
Locks are taken in this order: the run, then its payouts.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ledger import audit, bank_accounts, bank_candidates, four_eyes
from ledger.bank_candidates import SECONDS, Candidate
from ledger.bank_days import checked_execution_date
from ledger.bank_file import Debtor, Payment, write_bank_file
from ledger.bank_run_rows import BankRun, BankRunLine, find, lines, lock, of_row, payouts_paid
from ledger.database import Connection
from ledger.refusals import ContentHasChanged, NotAcceptable, NotAllowedNow, NotFound, NothingDue
from ledger.types import BERLIN, Frozen, PayoutId, Tenant
from ledger.vault import Vault

MOST_PAYMENTS = 10_000
"""Of one file. Banks take more, but nobody compares more at once; the rest goes into the next run."""

_WHY_NOT = {
    "draft": "Der Zahlungslauf ist noch ein Entwurf.",
    "approved": "Der Zahlungslauf ist bereits freigegeben.",
    "exported": "Der Zahlungslauf ist bereits exportiert.",
    "confirmed": "Der Zahlungslauf ist bereits bestätigt.",
    "cancelled": "Der Zahlungslauf ist storniert.",
}


class BankFile(Frozen):
    """What is downloaded, and what it must be the same as."""

    number: str
    content: bytes
    sha256: str
    downloads: int


async def create(
    db: Connection,
    tenant: Tenant,
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
    own = await bank_accounts.the_active_one(db, tenant, account)
    today = datetime.now(BERLIN).date()
    day = checked_execution_date(execution_date, today)
    chosen = await _chosen(db, tenant, vault, payouts)
    row = await db.fetchrow(
        """
        INSERT INTO bank_runs (tenant_id, number, account_id, execution_date, batch_booking, created_by)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING *
        """,
        tenant.id,
        await _next_number(db, tenant, today.year),
        own.id,
        day,
        own.batch_booking,
        by,
    )
    run = of_row(row)
    await _insert_lines(db, tenant, run, chosen)
    run = await _count_anew(db, tenant, run)
    await _note(db, tenant, by, "created", run, execution_date=day.isoformat(), account=str(own.id))
    return run


async def drop(db: Connection, tenant: Tenant, number: str, payout: str, *, by: str, reason: str) -> BankRun:
    """Take one payment out of a draft by hand. Raises NotFound, NotAllowedNow."""
    run = await lock(db, tenant, number)
    _require(run, "draft")
    line = next((one for one in await lines(db, tenant, run.id) if one.payout == payout and not one.released_at), None)
    if line is None:
        raise NotFound("Zahlung")
    await _release(db, tenant, {line.id: reason})
    run = await _count_anew(db, tenant, run)
    await _note(db, tenant, by, "payment_dropped", run, payout=payout, reason=reason)
    return run


async def reschedule(db: Connection, tenant: Tenant, number: str, day: date, *, by: str) -> BankRun:
    """Another execution day; an approval is void with it. Raises NotFound, NotAllowedNow, NotAcceptable."""
    run = await lock(db, tenant, number)
    _require(run, "draft", "approved")
    checked = checked_execution_date(day, datetime.now(BERLIN).date())
    if run.state == "approved":
        await _void_approval(db, tenant, run, "Der Ausführungstag hat sich geändert; die Freigabe ist hinfällig.")
    await db.execute(
        "UPDATE bank_runs SET execution_date = $3 WHERE tenant_id = $1 AND id = $2", tenant.id, run.id, checked
    )
    await _note(
        db,
        tenant,
        by,
        "rescheduled",
        run,
        before=run.execution_date.isoformat(),
        after=checked.isoformat(),
    )
    return await _count_anew(db, tenant, run)


async def refresh(db: Connection, tenant: Tenant, vault: Vault, number: str, *, by: str) -> list[BankRunLine]:
    """Judge every payment of a draft or approved run anew; what may not be paid any more drops out, with the reason.

    An approval is void when something drops out: the sum is another one. Returns what dropped out. To be committed
    before `approve` and `export`, which refuse what they would have to drop. Raises NotFound.
    """
    run = await lock(db, tenant, number)
    if run.state not in ("draft", "approved"):
        return []
    reasons = await _barred(db, tenant, vault, run)
    if not reasons:
        return []
    dropped = [line for line in await lines(db, tenant, run.id) if line.id in reasons]
    if run.state == "approved":
        await _void_approval(db, tenant, run, "Eine Zahlung ist entfallen; die Freigabe ist hinfällig.")
    await _release(db, tenant, reasons)
    run = await _count_anew(db, tenant, run)
    for line in dropped:
        await _note(db, tenant, by, "payment_dropped", run, payout=line.payout, reason=reasons[line.id])
    return [line.model_copy(update={"released_reason": reasons[line.id]}) for line in dropped]


async def approve(db: Connection, tenant: Tenant, vault: Vault, number: str, *, by: str, seen_hash: str) -> BankRun:
    """draft → approved, by somebody else than who made it. `seen_hash` is the content that was looked at.

    Raises NotFound, NotAllowedNow, SecondPersonNeeded, ContentHasChanged, NotAcceptable (a day that has passed).
    """
    run = await lock(db, tenant, number)
    _require(run, "draft")
    if not run.payments:
        raise NotAllowedNow("Der Zahlungslauf ist leer.", code="bank_run_empty")
    alone = await four_eyes.require_second_person(db, tenant, by, made_by=[run.created_by])
    await bank_accounts.the_active_one(db, tenant, run.account_id)
    checked_execution_date(run.execution_date, datetime.now(BERLIN).date())
    if run.content_hash != seen_hash or await _barred(db, tenant, vault, run):
        raise ContentHasChanged
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET state = 'approved', approved_by = $3, approved_at = now(), approved_alone = $4,
                             approved_hash = content_hash, state_reason = NULL
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
        by,
        alone,
    )
    await _note(db, tenant, by, "approved", of_row(row), content_hash=run.content_hash, alone=alone)
    return of_row(row)


async def download(
    db: Connection, tenant: Tenant, vault: Vault, number: str, *, by: str, in_recovery: bool = False
) -> BankFile:
    """The file. The first download makes it (approved → exported), each later one is that very file.

    Two at once take turns on the run's row, so that there is one file. `in_recovery`: the ledger may have forgotten
    files that the bank has had, and no new one is made. Raises NotFound, NotAllowedNow, ContentHasChanged (something
    would drop out: `refresh` first), NotAcceptable (the day has passed).
    """
    run = await lock(db, tenant, number)
    _require(run, "approved", "exported", "confirmed")
    if run.state == "approved":
        if in_recovery:
            raise NotAllowedNow(
                "Nach einer Wiederherstellung der Datenbank wird keine neue Bankdatei erstellt, bis der Betreiber sie "
                "freigibt.",
                code="recovery",
            )
        await _export(db, tenant, vault, run, by)
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET downloads = downloads + 1 WHERE tenant_id = $1 AND id = $2
        RETURNING file_encrypted, file_sha256, downloads
        """,
        tenant.id,
        run.id,
    )
    assert row is not None
    content = vault.decrypt(row["file_encrypted"]).encode()
    if hashlib.sha256(content).digest() != row["file_sha256"]:
        raise NotAllowedNow("Die gespeicherte Datei ist nicht unversehrt.", code="bank_file_damaged")
    found = BankFile(number=run.number, content=content, sha256=row["file_sha256"].hex(), downloads=row["downloads"])
    await _note(db, tenant, by, "downloaded", run, sha256=found.sha256, download=found.downloads)
    return found


async def confirm(db: Connection, tenant: Tenant, number: str, *, by: str) -> BankRun:
    """exported → confirmed: the bank has carried it out. Whether a payout is paid lexoffice says, not this.

    Raises NotFound, NotAllowedNow.
    """
    run = await lock(db, tenant, number)
    _require(run, "exported")
    if run.cancel_requested_by is not None:
        raise NotAllowedNow("Für diesen Zahlungslauf ist eine Stornierung beantragt.", code="cancel_requested")
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET state = 'confirmed', confirmed_by = $3, confirmed_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
        by,
    )
    await _note(db, tenant, by, "confirmed", of_row(row))
    return of_row(row)


async def cancel(db: Connection, tenant: Tenant, number: str, *, by: str, reason: str) -> BankRun:
    """Before the export at once; after it this is a request that a second person confirms (`confirm_cancel`).

    Raises NotFound, NotAllowedNow (also when all of its payouts are paid), NotAcceptable without a reason.
    """
    if not reason.strip():
        raise NotAcceptable("Bitte nennen Sie den Grund.", code="reason_missing")
    run = await lock(db, tenant, number)
    _require(run, "draft", "approved", "exported")
    if run.cancel_requested_by is not None:
        raise NotAllowedNow("Die Stornierung ist bereits beantragt.", code="cancel_requested")
    await _require_not_carried_out(db, tenant, run)
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET cancel_reason = $3, cancel_requested_by = $4, cancel_requested_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
        reason.strip(),
        by,
    )
    asked = of_row(row)
    if run.state == "exported":
        await _note(db, tenant, by, "cancel_requested", asked, reason=asked.cancel_reason)
        return asked
    return await _cancelled(db, tenant, asked, by, alone=False)


async def confirm_cancel(db: Connection, tenant: Tenant, number: str, *, by: str) -> BankRun:
    """The second person: the file was not, and will not be, carried out. Its payouts are free for another run.

    Raises NotFound, NotAllowedNow, SecondPersonNeeded.
    """
    run = await _cancel_asked(db, tenant, number)
    await _require_not_carried_out(db, tenant, run)
    alone = await four_eyes.require_second_person(db, tenant, by, made_by=[run.cancel_requested_by])
    return await _cancelled(db, tenant, run, by, alone=alone)


async def withdraw_cancel(db: Connection, tenant: Tenant, number: str, *, by: str) -> BankRun:
    """The request was wrong: the file counts. Raises NotFound, NotAllowedNow."""
    run = await _cancel_asked(db, tenant, number)
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET cancel_reason = NULL, cancel_requested_by = NULL, cancel_requested_at = NULL
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
    )
    await _note(db, tenant, by, "cancel_withdrawn", of_row(row), reason=run.cancel_reason)
    return of_row(row)


async def _chosen(db: Connection, tenant: Tenant, vault: Vault, numbers: Sequence[str] | None) -> list[Candidate]:
    wanted: list[PayoutId] | None = None
    if numbers is not None:
        found = await db.fetch(
            "SELECT id, number FROM payouts WHERE tenant_id = $1 AND number = ANY ($2)", tenant.id, list(numbers)
        )
        if {row["number"] for row in found} != set(numbers):
            raise NotFound("Auszahlung")
        wanted = [PayoutId(row["id"]) for row in found]
    judged = await bank_candidates.judged(db, tenant, vault, payouts=wanted, lock=True)
    if wanted is not None:
        for one in judged:
            if one.barred:
                raise NotAcceptable(f"{one.number}: {one.barred}", code="payout_not_payable")
    payable = [one for one in judged if one.barred is None][:MOST_PAYMENTS]
    if not payable:
        raise NothingDue("Keine Auszahlung kann zurzeit überwiesen werden.")
    return payable


async def _insert_lines(db: Connection, tenant: Tenant, run: BankRun, chosen: list[Candidate]) -> None:
    await db.execute(
        """
        INSERT INTO bank_run_lines (tenant_id, run_id, position, payout_id, bank_details_id, creditor, amount_cents,
                                    end_to_end_id, remittance)
        SELECT $1, $2, position, payout, account, creditor, amount, reference, remittance
          FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[]) WITH ORDINALITY
               AS l (payout, account, creditor, amount, reference, remittance, position)
        """,
        tenant.id,
        run.id,
        [one.payout_id for one in chosen],
        [one.bank_details_id for one in chosen],
        [one.creditor for one in chosen],
        [one.amount_cents for one in chosen],
        [one.number for one in chosen],
        [one.remittance for one in chosen],
        timeout=SECONDS,
    )


async def _barred(db: Connection, tenant: Tenant, vault: Vault, run: BankRun) -> dict[UUID, str]:
    """Lines that may not be paid (any more), with the reason. The run is locked; its payouts are, from here on."""
    held = {line.payout_id: line for line in await lines(db, tenant, run.id) if line.released_at is None}
    judged = await bank_candidates.judged(db, tenant, vault, payouts=list(held), in_run=run.id, lock=True)
    reasons = {}
    for one in judged:
        line = held[one.payout_id]
        if one.barred:
            reasons[line.id] = one.barred
        elif (one.amount_cents, one.bank_details_id) != (line.amount_cents, line.bank_details_id):
            reasons[line.id] = "Betrag oder Bankverbindung ist nicht mehr wie im Entwurf."
        elif (one.creditor, one.remittance) != (line.creditor, line.remittance):
            reasons[line.id] = "Name oder Gutschriftnummer ist nicht mehr wie im Entwurf."
    return reasons


async def _export(db: Connection, tenant: Tenant, vault: Vault, run: BankRun, by: str) -> None:
    own = await bank_accounts.the_active_one(db, tenant, run.account_id)
    checked_execution_date(run.execution_date, datetime.now(BERLIN).date())
    if run.approved_hash != run.content_hash or await _barred(db, tenant, vault, run):
        raise ContentHasChanged
    payments = await _payments(db, tenant, vault, run)
    debtor = Debtor(holder=own.account_holder, iban=await bank_accounts.iban_of(db, tenant, vault, own.id), bic=own.bic)
    # Seconds of computing: beside the event loop, so that other requests go on.
    content = await asyncio.to_thread(
        write_bank_file,
        run.number,
        debtor,
        payments,
        execution_date=run.execution_date,
        batch_booking=run.batch_booking,
    )
    await db.execute(
        """
        UPDATE bank_runs SET state = 'exported', file_encrypted = $3, file_sha256 = $4, file_made_at = now(),
                             exported_by = $5, exported_at = now()
         WHERE tenant_id = $1 AND id = $2
        """,
        tenant.id,
        run.id,
        vault.encrypt(content.decode()),
        hashlib.sha256(content).digest(),
        by,
        timeout=SECONDS,
    )
    await _note(
        db,
        tenant,
        by,
        "exported",
        run,
        sha256=hashlib.sha256(content).hexdigest(),
        account=str(own.id),
    )


async def _payments(db: Connection, tenant: Tenant, vault: Vault, run: BankRun) -> list[Payment]:
    rows = await db.fetch(
        """
        SELECT l.creditor, l.amount_cents, l.end_to_end_id, l.remittance, b.iban_encrypted, b.bic
          FROM bank_run_lines l
          JOIN partner_bank_details b ON b.tenant_id = l.tenant_id AND b.id = l.bank_details_id
         WHERE l.tenant_id = $1 AND l.run_id = $2 AND l.released_at IS NULL ORDER BY l.position
        """,
        tenant.id,
        run.id,
        timeout=SECONDS,
    )
    return [
        Payment(
            creditor=row["creditor"],
            iban=vault.decrypt(row["iban_encrypted"]),
            bic=row["bic"],
            amount_cents=row["amount_cents"],
            end_to_end_id=row["end_to_end_id"],
            remittance=row["remittance"],
        )
        for row in rows
    ]


async def _release(db: Connection, tenant: Tenant, reasons: dict[UUID, str]) -> None:
    await db.execute(
        """
        UPDATE bank_run_lines l SET released_at = now(), released_reason = r.reason
          FROM unnest($2::uuid[], $3::text[]) AS r (id, reason)
         WHERE l.tenant_id = $1 AND l.id = r.id AND l.released_at IS NULL
        """,
        tenant.id,
        list(reasons),
        list(reasons.values()),
        timeout=SECONDS,
    )


async def _count_anew(db: Connection, tenant: Tenant, run: BankRun) -> BankRun:
    """Number, sum and hash of a draft from the lines that are left."""
    held = [line for line in await lines(db, tenant, run.id) if line.released_at is None]
    fresh = await find(db, tenant, run.number)
    content = {
        "run": run.number,
        "account": str(fresh.account_id),
        "execution_date": fresh.execution_date.isoformat(),
        "batch_booking": fresh.batch_booking,
        "payments": [
            [line.end_to_end_id, line.amount_cents, line.creditor, str(line.bank_details_id), line.remittance]
            for line in held
        ],
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET payments = $3, total_cents = $4, content_hash = $5
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
        len(held),
        sum(line.amount_cents for line in held),
        digest,
    )
    return of_row(row)


async def _void_approval(db: Connection, tenant: Tenant, run: BankRun, reason: str) -> None:
    await db.execute(
        """
        UPDATE bank_runs SET state = 'draft', approved_by = NULL, approved_at = NULL, approved_alone = false,
                             approved_hash = NULL, state_reason = $3
         WHERE tenant_id = $1 AND id = $2
        """,
        tenant.id,
        run.id,
        reason,
    )


async def _cancel_asked(db: Connection, tenant: Tenant, number: str) -> BankRun:
    run = await lock(db, tenant, number)
    _require(run, "exported")
    if run.cancel_requested_by is None:
        raise NotAllowedNow("Für diesen Zahlungslauf ist keine Stornierung beantragt.", code="cancel_not_requested")
    return run


async def _cancelled(db: Connection, tenant: Tenant, run: BankRun, by: str, *, alone: bool) -> BankRun:
    row = await db.fetchrow(
        """
        UPDATE bank_runs SET state = 'cancelled', cancelled_by = $3, cancelled_at = now(), cancelled_alone = $4
         WHERE tenant_id = $1 AND id = $2 RETURNING *
        """,
        tenant.id,
        run.id,
        by,
        alone,
    )
    held = [line.id for line in await lines(db, tenant, run.id) if line.released_at is None]
    await _release(db, tenant, dict.fromkeys(held, "Der Zahlungslauf wurde storniert."))
    await _note(db, tenant, by, "cancelled", run, reason=run.cancel_reason, was=run.state, alone=alone)
    return of_row(row)


async def _require_not_carried_out(db: Connection, tenant: Tenant, run: BankRun) -> None:
    """One that was paid by hand keeps no run from being cancelled. All of them: then the bank has had the file."""
    if run.state != "exported":
        return
    paid, payments = await payouts_paid(db, tenant, run.id)
    if 0 < payments == paid:
        raise NotAllowedNow(
            "Alle Auszahlungen dieses Zahlungslaufs sind bezahlt; die Datei wurde ausgeführt.", code="bank_run_paid"
        )


def _require(run: BankRun, *states: str) -> None:
    if run.state not in states:
        raise NotAllowedNow(_WHY_NOT[run.state], code=f"bank_run_{run.state}")


async def _next_number(db: Connection, tenant: Tenant, year: int) -> str:
    last = await db.fetchval(
        """
        INSERT INTO bank_run_counters (tenant_id, year, last) VALUES ($1, $2, 1)
        ON CONFLICT (tenant_id, year) DO UPDATE SET last = bank_run_counters.last + 1 RETURNING last
        """,
        tenant.id,
        year,
    )
    return f"ZL-{year}-{last:04d}"


async def _note(db: Connection, tenant: Tenant, by: str, what: str, run: BankRun, **detail: Any) -> None:
    await audit.record(
        db,
        tenant,
        actor=by,
        action=f"bank_run.{what}",
        subject="bank_run",
        subject_id=run.number,
        detail={"payments": run.payments, "total_cents": run.total_cents, **detail},
    )
