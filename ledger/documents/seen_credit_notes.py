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
    """`status` and `updatedDate` of lexoffice's."""

    status: str
    updated_at: datetime


async def remember(tx: TenantTransaction, resource_id: UUID, seen: Seen) -> None:
    """What was fetched and has been judged. An older look, which lagged, takes nothing back."""
    await tx.execute(
        """
        INSERT INTO seen_credit_notes AS s (tenant_id, resource_id, status, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, resource_id) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at
         WHERE s.updated_at <= EXCLUDED.updated_at
        """,
        tx.tenant.id,
        resource_id,
        seen.status,
        seen.updated_at,
    )


async def find(tx: TenantTransaction, ids: Sequence[UUID]) -> dict[UUID, Seen]:
    """Those of these documents that have been fetched."""
    rows = await tx.fetch(
        "SELECT resource_id, status, updated_at FROM seen_credit_notes WHERE tenant_id = $1 AND resource_id = ANY ($2)",
        tx.tenant.id,
        list(ids),
    )
    return {row["resource_id"]: Seen(status=row["status"], updated_at=row["updated_at"]) for row in rows}
