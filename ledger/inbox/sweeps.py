"""What passes over lexoffice's lists remember: how far back the next one looks, and when one did not get through."""

from datetime import date, datetime, timedelta

from ledger import tasks
from ledger.database import Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.types import BERLIN, LEXOFFICE, Frozen, Tenant, TenantId


class SweepState(Frozen):
    """What the last passes left. Instants are those of the database."""

    now: datetime
    connected: bool
    checked_at: datetime | None
    """When lexoffice last said who the organisation is."""
    effective_from: date | None
    swept_until: datetime | None
    finished_at: datetime | None
    found: int
    open_swept_at: datetime | None
    subscriptions_wanted: bool


async def get_state(tx: TenantTransaction) -> SweepState:
    """What the last passes left, and whether there is a connection to pass over."""
    row = await tx.fetchrow(
        """
        SELECT now() AS now, c.has_credential AND c.state = 'connected' AS connected, c.checked_at, c.effective_from,
               s.swept_until, s.finished_at, COALESCE(s.found, 0) AS found, s.open_swept_at,
               s.subscriptions_wanted_at IS NOT NULL AS subscriptions_wanted
          FROM provider_connections c
          LEFT JOIN sweep_states s ON s.tenant_id = c.tenant_id AND s.provider = c.provider
         WHERE c.tenant_id = $1 AND c.provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    assert row is not None, "every tenant has a row for its connection"
    return SweepState.from_row(row)


async def finish_pass(
    tx: TenantTransaction,
    *,
    began_at: datetime,
    seen: tuple[datetime | None, datetime | None],
    compared_open: bool,
    found: int,
    left_out: bool,
) -> None:
    """What changed before `began_at` has been compared. `left_out`: not all of it, and a person must know.

    `seen`: `swept_until` and `open_swept_at` as the pass began with. Whoever set them back since then still waits.
    """
    await tx.execute(
        """
        INSERT INTO sweep_states AS s (tenant_id, provider, swept_until, finished_at, found, open_swept_at)
        VALUES ($1, $2, $3, clock_timestamp(), $4, CASE WHEN $5 THEN $3::timestamptz END)
        ON CONFLICT (tenant_id, provider) DO UPDATE SET
               swept_until = CASE WHEN s.swept_until IS NOT DISTINCT FROM $6 THEN EXCLUDED.swept_until
                                  ELSE s.swept_until END,
               open_swept_at = CASE WHEN s.open_swept_at IS NOT DISTINCT FROM $7
                                    THEN COALESCE(EXCLUDED.open_swept_at, s.open_swept_at) ELSE s.open_swept_at END,
               finished_at = EXCLUDED.finished_at, found = EXCLUDED.found
        """,
        tx.tenant.id,
        LEXOFFICE,
        began_at,
        found,
        compared_open,
        *seen,
    )
    if left_out:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind="sweep_incomplete",
                subject="connection",
                subject_id=LEXOFFICE,
                reason=Reason.of("sweep_incomplete"),
            ),
        )


async def look_back(tx: TenantTransaction, *, to: datetime | None, all_open: bool) -> None:
    """Let the next pass compare everything since `to`, and all open documents."""
    await tx.execute(
        """
        INSERT INTO sweep_states (tenant_id, provider, swept_until) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, provider) DO UPDATE SET
               swept_until = COALESCE(LEAST(sweep_states.swept_until, $3), sweep_states.swept_until, $3),
               open_swept_at = CASE WHEN $4 THEN NULL ELSE sweep_states.open_swept_at END
        """,
        tx.tenant.id,
        LEXOFFICE,
        to,
        all_open,
    )


def since_when(state: SweepState) -> date:
    """The German day from which changes are listed: yesterday, or the day before the last complete pass.

    The filter is a day coarse, and the list may lag (lexoffice API, Voucherlist).
    """
    # A day is taken off the date, not 24 hours off the moment: on the Sunday of 25 hours those lead to the same Sunday.
    last = min(state.now, state.swept_until or state.now)
    return last.astimezone(BERLIN).date() - timedelta(days=1)


async def list_swept(ledger: Ledger) -> list[Tenant]:
    """Every tenant whom a pass comes to: with an API key of lexoffice, or whose books are not there."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT id, slug FROM list_swept_tenants()")
    return [Tenant(id=TenantId(row["id"]), slug=row["slug"]) for row in rows]


async def list_connected(ledger: Ledger) -> list[Tenant]:
    """Every tenant with an API key of lexoffice."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT id, slug FROM list_connected_tenants($1)", LEXOFFICE)
    return [Tenant(id=TenantId(row["id"]), slug=row["slug"]) for row in rows]
