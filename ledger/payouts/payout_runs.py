"""Payout runs (Auszahlungsläufe): one payout per partner and tax case of all that is due at a cut-off.

A rehearsal (Probelauf) is worked out by the same functions and makes no payout. A run takes its partners in batches and
small transactions; one that is done again finds the partners it has a row of, and leaves them out.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from ledger import clock
from ledger.audit import audit
from ledger.database import Ledger, TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.payouts import due, payout_requests, payout_run_rows, tax_questions
from ledger.payouts.due import NotDue
from ledger.payouts.payouts import Payout
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow, NotFound
from ledger.types import BERLIN, Frozen, PartnerId, Tenant, TenantId, business_day, midnight

SCHEDULE = "schedule:payout-run"
"""The actor of a run that nobody asked for but the calendar."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class PayoutRun(Frozen):
    """`period` is the month that the cut-off ends (`2026-10`), or the cut-off's day where it ends none."""

    id: UUID
    seq: int
    period: str
    rehearsal: bool
    cut_off: datetime
    state: str
    requested_by: str
    created_at: datetime
    ended_at: datetime | None
    cancelled_by: str | None
    cancel_reason: str | None


class Taken(Frozen):
    """`ended`: the run was cancelled meanwhile, and nothing was done."""

    payouts: tuple[Payout, ...] = ()
    ended: bool = False


class RunDay(Frozen):
    """When a tenant's monthly run begins, Europe/Berlin."""

    tenant: Tenant
    day: int
    hour: int


def cut_off_of(day: date) -> datetime:
    """The first instant (Europe/Berlin) that no longer counts: what was paid before this day is in the run."""
    return midnight(day)


def period_of(cut_off: datetime) -> str:
    """What the run is called after: the month before (YYYY-MM) at a cut-off on the first of a month, else the day."""
    day = cut_off.astimezone(BERLIN).date()
    return f"{day - timedelta(days=1):%Y-%m}" if day.day == 1 else day.isoformat()


def last_month(now: datetime) -> datetime:
    """The cut-off of a scheduled run: the end of the month before."""
    return cut_off_of(now.astimezone(BERLIN).date().replace(day=1))


def read_day(text: str) -> date:
    """The business day that a text names. Raises NotAcceptable."""
    try:
        if _DAY.fullmatch(text) is None:
            raise ValueError
        return business_day(text)
    except ValueError:
        raise NotAcceptable("cut_off_missing") from None


async def check(tx: TenantTransaction, cut_off: datetime, *, rehearsal: bool) -> None:
    """Whether such a run may begin. Raises NotAcceptable, AlreadyExists. The index says it again when it begins."""
    now = clock.now()
    if cut_off > _end_of_today() and not rehearsal:
        raise NotAcceptable("cut_off_to_come")
    if not now - timedelta(days=3660) < cut_off < now + timedelta(days=366):
        raise NotAcceptable("cut_off_not_acceptable")
    if not rehearsal and await of_period(tx, period_of(cut_off)):
        raise AlreadyExists("run_exists")


def _end_of_today() -> datetime:
    """Tomorrow's midnight: "up to and including today". Not 24 hours: two days a year have 23 or 25."""
    return midnight(clock.today() + timedelta(days=1))


async def begin(
    tx: TenantTransaction, run: UUID, *, cut_off: datetime, rehearsal: bool, requested_by: str, started: bool = True
) -> PayoutRun | None:
    """The run's row, made once. None where another run has the period. `started`: its workflow is under way."""
    made = await tx.fetchval(
        """
        INSERT INTO payout_runs (tenant_id, id, period, rehearsal, cut_off, requested_by, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END) ON CONFLICT DO NOTHING RETURNING true
        """,
        tx.tenant.id,
        run,
        period_of(cut_off),
        rehearsal,
        cut_off,
        requested_by,
        started,
    )
    if made:
        await audit.record(
            tx,
            actor=requested_by,
            action="payout_run.rehearsed" if rehearsal else "payout_run.begun",
            subject="payout_run",
            subject_id=str(run),
            detail={"period": period_of(cut_off), "cut_off": cut_off.isoformat()},
        )
    try:
        return await get(tx, run)
    except NotFound:
        return None


async def get(tx: TenantTransaction, run: UUID) -> PayoutRun:
    """A payout run. Raises NotFound."""
    return _run(await tx.fetchrow("SELECT * FROM payout_runs WHERE tenant_id = $1 AND id = $2", tx.tenant.id, run))


async def of_period(tx: TenantTransaction, period: str) -> PayoutRun | None:
    """The run that has the period; a cancelled one or a rehearsal has none."""
    row = await tx.fetchrow(
        "SELECT * FROM payout_runs WHERE tenant_id = $1 AND period = $2 AND NOT rehearsal AND state <> 'cancelled'",
        tx.tenant.id,
        period,
    )
    return _run(row) if row else None


async def list_runs(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: Place | None = None, limit: int = 50
) -> tuple[list[PayoutRun], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    changed_since(where, "r", updated_since)
    RECORDED.begin(where, "r", after)
    rows = await tx.fetch(
        f"SELECT * FROM payout_runs r WHERE r.tenant_id = $1 {where} ORDER BY {RECORDED.by('r')} LIMIT $2",
        *where.parameters,
    )
    return RECORDED.cut([_run(row) for row in rows], limit)


async def list_paying_runs(tx: TenantTransaction, *, limit: int = 60) -> list[PayoutRun]:
    """Runs that may have made payouts, the newest first: no rehearsals."""
    rows = await tx.fetch(
        "SELECT * FROM payout_runs WHERE tenant_id = $1 AND NOT rehearsal ORDER BY seq DESC LIMIT $2",
        tx.tenant.id,
        limit,
    )
    return [_run(row) for row in rows]


async def cancel(tx: TenantTransaction, run: UUID, *, by: str, reason: str) -> PayoutRun:
    """End a run that is under way: no further payout is made, those made stay. Raises NotFound, NotAllowedNow."""
    if not reason.strip():
        raise NotAcceptable("reason_missing")
    row = await tx.fetchrow(
        """
        UPDATE payout_runs SET state = 'cancelled', ended_at = now(), cancelled_by = $3, cancel_reason = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'running' RETURNING *
        """,
        tx.tenant.id,
        run,
        by,
        reason.strip(),
    )
    if row is None:
        await get(tx, run)
        raise NotAllowedNow("run_ended")
    await audit.record(
        tx,
        actor=by,
        action="payout_run.cancelled",
        subject="payout_run",
        subject_id=str(run),
        detail={"period": row["period"], "reason": reason.strip()},
    )
    return _run(row)


async def end(tx: TenantTransaction, run: UUID) -> bool:
    """Whether it is done now; a cancelled run stays cancelled."""
    await tx.execute(
        """
        UPDATE payout_runs SET state = 'done', ended_at = now()
         WHERE tenant_id = $1 AND id = $2 AND state = 'running'
        """,
        tx.tenant.id,
        run,
    )
    return (await get(tx, run)).state == "done"


async def list_remaining_partners(
    tx: TenantTransaction, run: UUID, *, after: PartnerId | None, limit: int
) -> list[PartnerId]:
    """The next partners with something open whom this run has not looked at, in the order of their ids."""
    rows = await tx.fetch(
        """
        SELECT p.id FROM partners p
         WHERE p.tenant_id = $1 AND ($3::uuid IS NULL OR p.id > $3)
           AND EXISTS (SELECT 1 FROM commissions c WHERE c.tenant_id = $1 AND c.partner_id = p.id
                          AND c.state IN ('pending', 'approved'))
           AND NOT EXISTS (SELECT 1 FROM payout_run_rows r
                            WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.partner_id = p.id)
         ORDER BY p.id LIMIT $4
        """,
        tx.tenant.id,
        run,
        after,
        limit,
    )
    return [PartnerId(row["id"]) for row in rows]


async def take(ledger: Ledger, tenant: Tenant, run: UUID, partners: Sequence[PartnerId]) -> Taken:
    """Pay (or, in a rehearsal, only work out) what is due to these partners; one transaction, all or nothing.

    Keep them few: the counter of payout numbers is held until it ends.
    """
    async with ledger.transaction(tenant, cause=f"payout_run:{run}") as tx:
        # Held against a cancellation, which then waits for these few.
        row = await tx.fetchrow("SELECT * FROM payout_runs WHERE tenant_id = $1 AND id = $2 FOR SHARE", tenant.id, run)
        found = _run(row)
        if found.state != "running":
            return Taken(ended=True)
        if not found.rehearsal:
            await payout_requests.hold_open_commissions(tx, partners)
        now = await tx.fetchval("SELECT now()")
        # A run up to and including today ends no hold before its midnight; nor does the rehearsal of one.
        holds_at = min(found.cut_off, now) if found.cut_off <= _end_of_today() else found.cut_off
        everybody = await due.of_partners(tx, partners, cut_off=found.cut_off, holds_at=holds_at)
        made: list[Payout] = []
        if not found.rehearsal:
            payable = [(owed, group) for owed in everybody for group in owed.payable]
            made = await payout_requests.make_payouts(tx, payable, actor=found.requested_by, run=run)
        await payout_run_rows.note(tx, run, everybody, made)
        if not found.rehearsal:
            for owed in everybody:
                if owed.waits_for(NotDue.NO_DOCUMENT):
                    await tax_questions.ask_or_close(tx, owed.partner_id)
    await _keep_statistics(ledger)
    return Taken(payouts=tuple(made))


async def run_days(ledger: Ledger) -> list[RunDay]:
    """Every tenant whose runs begin by the calendar."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM list_run_days()")
    return [
        RunDay(tenant=Tenant(id=TenantId(row["id"]), slug=row["slug"]), day=row["day"], hour=row["hour"])
        for row in rows
    ]


async def _keep_statistics(ledger: Ledger) -> None:
    """A run fills tables faster than autovacuum looks at them (functions/payouts.sql)."""
    async with ledger.without_tenant() as db:
        await db.execute("SELECT keep_statistics_of_payouts()")


def _run(row: asyncpg.Record | None) -> PayoutRun:
    if row is None:
        raise NotFound("payout_run_not_found")
    return PayoutRun.from_row(row)
