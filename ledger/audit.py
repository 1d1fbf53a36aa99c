"""Who did what: one entry for each decision and each setting, in the transaction that makes it true."""

from typing import Any

from ledger.database import Connection
from ledger.types import Tenant


async def record(
    db: Connection,
    tenant: Tenant,
    *,
    actor: str,
    action: str,
    subject: str,
    subject_id: str,
    detail: dict[str, Any] | None = None,
    origin: str | None = None,
) -> None:
    """Append an entry. `detail` holds before and after; no secret and no bank detail (rules.md, Words and content)."""
    await db.execute(
        """
        INSERT INTO audit_entries (tenant_id, actor, action, subject, subject_id, detail, origin)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        tenant.id,
        actor,
        action,
        subject,
        subject_id,
        detail or {},
        origin,
    )
