"""Credit notes of the tenant that pay no payout, as they were last fetched: somebody else's, or corrections of a sale.

Only their text says which. A sweep that lists one as it stands here asks nothing; one that it has never seen settled,
or that has changed since, it hands over.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import Frozen


class Seen(Frozen):
    """`status`, `version` and `updatedDate` of lexoffice's."""

    status: str
    version: int | None = None
    updated_at: datetime

    def is_before(self, version: int | None, updated_at: datetime) -> bool:
        """Whether something newer is shown now: a higher version is, whatever its date says (rules.md)."""
        if self.version is not None and version is not None and version != self.version:
            return self.version < version
        return self.updated_at <= updated_at


async def remember(tx: TenantTransaction, resource_id: UUID, seen: Seen) -> None:
    """What was fetched and has been judged. An older look, which lagged, takes nothing back."""
    await tx.execute(
        """
        INSERT INTO seen_credit_notes AS s (tenant_id, resource_id, status, updated_at, version)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, resource_id) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at,
                                                           version = EXCLUDED.version
         WHERE CASE WHEN s.version <> EXCLUDED.version THEN s.version < EXCLUDED.version
                    ELSE s.updated_at <= EXCLUDED.updated_at END
        """,
        tx.tenant.id,
        resource_id,
        seen.status,
        seen.updated_at,
        seen.version,
    )


async def find(tx: TenantTransaction, ids: Sequence[UUID]) -> dict[UUID, Seen]:
    """Those of these documents that have been fetched."""
    rows = await tx.fetch(
        """
        SELECT resource_id, status, version, updated_at FROM seen_credit_notes
         WHERE tenant_id = $1 AND resource_id = ANY ($2)
        """,
        tx.tenant.id,
        list(ids),
    )
    return {row["resource_id"]: Seen.from_row(row) for row in rows}
