"""Which schedules of the engine are still to be set as the ledger says (functions/connections.sql writes them down)."""

from datetime import datetime, timedelta
from enum import StrEnum

from ledger.database import Ledger, TenantTransaction
from ledger.types import Frozen, Tenant, TenantId


class ScheduleKind(StrEnum):
    """The schedules that each tenant has in the engine."""

    SWEEP = "sweep"
    PAYOUT_RUN = "payout_run"


class Wish(Frozen):
    """`day` and `hour` of the monthly payout run (Europe/Berlin), as they are now; no day: none is held."""

    wanted_at: datetime
    day: int | None
    hour: int


async def list_wishes(ledger: Ledger, *, older_than: timedelta, at_most: int) -> list[tuple[Tenant, ScheduleKind]]:
    """Of all tenants, the oldest first."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM find_schedules_wanted($1, $2)", older_than, at_most)
    return [(Tenant(id=TenantId(row["tenant_id"]), slug=row["slug"]), ScheduleKind(row["kind"])) for row in rows]


async def read(tx: TenantTransaction, kind: ScheduleKind) -> Wish | None:
    """None: it is set."""
    row = await tx.fetchrow(
        """
        SELECT w.wanted_at, t.payout_run_day AS day, t.payout_run_hour AS hour
          FROM schedules_wanted w JOIN tenants t ON t.id = w.tenant_id WHERE w.tenant_id = $1 AND w.kind = $2
        """,
        tx.tenant.id,
        kind,
    )
    return None if row is None else Wish.from_row(row)


async def fulfilled(tx: TenantTransaction, kind: ScheduleKind, wish: Wish) -> bool:
    """It was set as `wish` says.

    False where somebody else wished, or set it, meanwhile: whose word reached the engine last is unknown, and it stays
    wanted.
    """
    done = await tx.fetchval(
        "DELETE FROM schedules_wanted WHERE tenant_id = $1 AND kind = $2 AND wanted_at = $3 RETURNING true",
        tx.tenant.id,
        kind,
        wish.wanted_at,
    )
    if not done:
        await tx.execute(
            """
            INSERT INTO schedules_wanted (tenant_id, kind) VALUES ($1, $2)
            ON CONFLICT (tenant_id, kind) DO UPDATE SET wanted_at = clock_timestamp()
            """,
            tx.tenant.id,
            kind,
        )
    return bool(done)
