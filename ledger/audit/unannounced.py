"""Rows whose announcement to the engine failed, or was never tried (engine.md, Three writes and one hand-over)."""

from datetime import timedelta

from ledger.database import Ledger
from ledger.types import Frozen, Tenant


class Unannounced(Frozen):
    """One row that the engine has still to be told of."""

    tenant: Tenant
    kind: str
    """payout, decision, invoice or event."""
    id: str


async def list_oldest(ledger: Ledger, *, older_than: timedelta, at_most: int) -> list[Unannounced]:
    """Over all tenants, the longest waiting first."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM find_unannounced($1, $2)", older_than, at_most)
    return [Unannounced(tenant=Tenant.from_row(row), kind=row["kind"], id=row["id"]) for row in rows]
