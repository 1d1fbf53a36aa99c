"""The PDF of each credit note as lexoffice issued it: fetched once, kept for ever (GoBD: the original form is kept).

A trigger notes what is wanted when a credit note is read back; the hand-over tells for which tenants something is due;
a workflow for each of them fetches one after the other.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from ledger.database import Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import Frozen, PayoutNumber, Tenant

SECONDS = 15.0
_LONGEST_PAUSE = timedelta(days=1)


class Paper(Frozen):
    """The PDF of a document; `sha256` (hex) is of `content`."""

    resource_id: UUID
    content: bytes
    sha256: str
    fetched_at: datetime


async def is_wanted(tx: TenantTransaction, resource_id: UUID) -> bool:
    """Whether it is still to be fetched."""
    return bool(
        await tx.fetchval(
            "SELECT 1 FROM papers_wanted WHERE tenant_id = $1 AND resource_id = $2", tx.tenant.id, resource_id
        )
    )


async def list_waiting(ledger: Ledger) -> list[Tenant]:
    """Tenants for whose credit notes PDFs are to be fetched."""
    async with ledger.without_tenant() as db:
        return [Tenant.from_row(row) for row in await db.fetch("SELECT * FROM find_tenants_awaiting_papers()")]


async def next_due(tx: TenantTransaction) -> UUID | None:
    """The credit note whose file has been due for longest."""
    found: UUID | None = await tx.fetchval(
        """
        SELECT resource_id FROM papers_wanted WHERE tenant_id = $1 AND next_try_at <= now()
         ORDER BY next_try_at, resource_id LIMIT 1
        """,
        tx.tenant.id,
    )
    return found


async def keep(tx: TenantTransaction, resource_id: UUID, content: bytes) -> str:
    """Keep the file, once; a second one changes nothing. Returns the hash of what is kept.

    The database checks that it is a PDF of at most 10 MB. Raises NotFound where no payout has this credit note.
    """
    await tx.execute(
        """
        INSERT INTO credit_note_papers (tenant_id, resource_id, payout_id, content, sha256)
        SELECT tenant_id, resource_id, payout_id, $3, $4 FROM papers_wanted WHERE tenant_id = $1 AND resource_id = $2
        ON CONFLICT (tenant_id, provider, resource_id) DO NOTHING
        """,
        tx.tenant.id,
        resource_id,
        content,
        hashlib.sha256(content).digest(),
        timeout=SECONDS,
    )
    kept = await tx.fetchval(
        "SELECT sha256 FROM credit_note_papers WHERE tenant_id = $1 AND resource_id = $2", tx.tenant.id, resource_id
    )
    if kept is None:
        raise NotFound("credit_note_not_found")
    await tx.execute("DELETE FROM papers_wanted WHERE tenant_id = $1 AND resource_id = $2", tx.tenant.id, resource_id)
    return str(kept.hex())


async def try_later(tx: TenantTransaction, resource_id: UUID, reason: Reason) -> None:
    """It could not be fetched: again after 1, 2, 4 … 24 hours."""
    await tx.execute(
        """
        UPDATE papers_wanted
           SET announced_at = NULL, tries = tries + 1, failed_code = $3, failed_params = $4,
               next_try_at = now() + LEAST(interval '1 hour' * 2 ^ LEAST(tries, 5), $5)
         WHERE tenant_id = $1 AND resource_id = $2
        """,
        tx.tenant.id,
        resource_id,
        reason.code,
        reason.params,
        _LONGEST_PAUSE,
    )


async def postpone_all(tx: TenantTransaction, reason: Reason, *, provider: str) -> None:
    """These books refuse the access: for none of those that are due it is worth asking within the hour."""
    await tx.execute(
        """
        UPDATE papers_wanted SET announced_at = NULL, failed_code = $2, failed_params = $3,
                                 next_try_at = now() + interval '1 hour'
         WHERE tenant_id = $1 AND next_try_at <= now()
           AND resource_id IN (SELECT resource_id FROM external_documents WHERE tenant_id = $1 AND provider = $4)
        """,
        tx.tenant.id,
        reason.code,
        reason.params,
        provider,
    )


async def get(tx: TenantTransaction, number: PayoutNumber | str) -> Paper:
    """The newest PDF of a payout. Raises NotFound."""
    row = await tx.fetchrow(
        """
        SELECT c.resource_id, c.content, encode(c.sha256, 'hex') AS sha256, c.fetched_at
          FROM credit_note_papers c JOIN payouts p ON p.tenant_id = c.tenant_id AND p.id = c.payout_id
         WHERE c.tenant_id = $1 AND p.number = $2 ORDER BY c.fetched_at DESC LIMIT 1
        """,
        tx.tenant.id,
        number,
        timeout=SECONDS,
    )
    if row is None:
        raise NotFound("document_not_found")
    return Paper.from_row(row)
