"""Rows whose announcement to the engine failed, or was never tried (engine.md, Three writes and one hand-over)."""

from collections.abc import Collection
from datetime import timedelta

from ledger.database import Ledger
from ledger.types import Frozen, Tenant


class Unannounced(Frozen):
    """One row that the engine has still to be told of."""

    tenant: Tenant
    kind: str
    """decision, payout, payout_run, own_reversal, event or invoice."""
    id: str

    @property
    def key(self) -> str:
        """Over all tenants."""
        return f"{self.tenant.id}/{self.kind}/{self.id}"


async def list_in_turns(
    ledger: Ledger, *, older_than: timedelta, of_each: int, at_most: int, but: Collection[str] = ()
) -> list[Unannounced]:
    """Over all tenants, decisions first, and of one kind each tenant's next one before anybody's second next.

    `of_each`: how many of one tenant at most. `but`: keys of what is not wanted.
    """
    async with ledger.without_tenant() as db:
        rows = await db.fetch(
            "SELECT * FROM find_unannounced_in_turns($1, $2, $3, $4)", older_than, of_each, at_most, list(but)
        )
    return [Unannounced(tenant=Tenant.from_row(row), kind=row["kind"], id=row["id"]) for row in rows]
