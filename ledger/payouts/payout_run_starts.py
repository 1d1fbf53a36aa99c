"""Who may begin a payout run: a person by a row, the calendar where the ledger wants its run, nobody else (rules.md).

Who reaches the engine's port can start a workflow. What it does is said by the row that it names; only the id counts.
"""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

from ledger import clock, tasks
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.payouts import payout_runs
from ledger.payouts.payout_runs import SCHEDULE, PayoutRun, last_month, period_of
from ledger.reasons import Reason
from ledger.refusals import AlreadyExists
from ledger.types import BERLIN

CATCH_UP = timedelta(days=7)
"""So long after its hour the engine makes up for a start by the calendar that it missed."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""The engine says that an hour has come, this machine judges whether it has."""


async def request(tx: TenantTransaction, *, cut_off: datetime, rehearsal: bool, by: str) -> PayoutRun:
    """The row of a run that somebody asks for. Its workflow is announced once the row is committed.

    Raises NotAcceptable, AlreadyExists; the latter also for the second of two at once, which waits for the first.
    """
    await payout_runs.check(tx, cut_off, rehearsal=rehearsal)
    made = await payout_runs.begin(tx, uuid4(), cut_off=cut_off, rehearsal=rehearsal, requested_by=by, started=False)
    if made is None:
        raise AlreadyExists("run_exists")
    return made


async def find(tx: TenantTransaction, run: UUID) -> PayoutRun | None:
    """The run that a workflow names. None where this tenant, by id and by the name that it was told with, has none."""
    row = await tx.fetchrow(
        """
        SELECT r.* FROM payout_runs r JOIN tenants t ON t.id = r.tenant_id AND t.slug = $3
         WHERE r.tenant_id = $1 AND r.id = $2
        """,
        tx.tenant.id,
        run,
        tx.tenant.slug,
    )
    return PayoutRun.from_row(row) if row else None


async def take_up(tx: TenantTransaction, run: UUID) -> PayoutRun | None:
    """As `find`; from here on its workflow is under way, and the hand-over announces it no more."""
    found = await find(tx, run)
    if found is not None:
        await tx.execute(
            """
            UPDATE payout_runs SET started_at = now()
             WHERE tenant_id = $1 AND id = $2 AND started_at IS NULL AND state = 'running'
            """,
            tx.tenant.id,
            run,
        )
    return found


async def begin_by_calendar(tx: TenantTransaction, run: UUID, *, asked_at: datetime) -> PayoutRun | Reason:
    """The calendar's run whose hour came last before `asked_at`, made now; or why the ledger wants none.

    None is wanted before its hour, without a day for runs, and where the period has a run. A run of the calendar's own
    that somebody cancelled is not made again; one that a person began and cancelled leaves the period to the calendar.
    """
    row = await tx.fetchrow(
        "SELECT payout_run_day AS day, payout_run_hour AS hour FROM tenants WHERE id = $1 AND slug = $2",
        tx.tenant.id,
        tx.tenant.slug,
    )
    if row is None or row["day"] is None:
        return Reason.of("calendar_wants_no_run")
    cut_off = _cut_off(asked_at, row["day"], row["hour"])
    if _begins(cut_off, row["day"], row["hour"]) > clock.now().astimezone(UTC) + CLOCKS_DIFFER:
        return Reason.of("calendar_wants_no_run")
    exists = await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM payout_runs WHERE tenant_id = $1 AND period = $2 AND NOT rehearsal AND id <> $4
                          AND (state <> 'cancelled' OR requested_by = $3))
        """,
        tx.tenant.id,
        period_of(cut_off),
        SCHEDULE,
        run,
    )
    made = None
    if not exists:
        made = await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by=SCHEDULE)
    return made or Reason.of("calendar_run_exists", month=period_of(cut_off))


async def refuse(tx: TenantTransaction, reason: Reason, *, workflow: str, sender: str) -> None:
    """A start that no row stands behind: recorded, and a question to whoever runs the firm. One is open at a time.

    `sender` is a hint of the engine's history, not authentication. Of a tenant that does not exist nothing is kept.
    """
    slug = await tx.fetchval("SELECT slug FROM tenants WHERE id = $1", tx.tenant.id)
    if slug is None:
        return
    detail = {"workflow": workflow, "sender": sender}
    await audit.record(
        tx, actor="engine", action="payout_run.refused", subject="tenant", subject_id=slug, detail=detail
    )
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="payout_run_refused",
            subject="tenant",
            subject_id=slug,
            reason=reason,
            detail=detail,
            links={"payout_runs": "/api/v1/payout-runs"},
        ),
    )


def _cut_off(asked_at: datetime, day: int, hour: int) -> datetime:
    """Of the month before; of the one before that where its start was made up for after the end of a month."""
    cut_off = last_month(asked_at)
    if _begins(cut_off, day, hour) > asked_at:
        earlier = last_month(cut_off - timedelta(days=1))
        if _begins(earlier, day, hour) > asked_at - CATCH_UP:
            return earlier
    return cut_off


def _begins(cut_off: datetime, day: int, hour: int) -> datetime:
    """The instant of the calendar at which what ended with this cut-off is paid, in UTC.

    At two on the last Sunday of March that is three, as in the schedule.
    """
    return datetime.combine(cut_off.astimezone(BERLIN).replace(day=day), time(hour), tzinfo=BERLIN).astimezone(UTC)
