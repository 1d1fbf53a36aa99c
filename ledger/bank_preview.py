"""What waits for a bank run: the oldest open credit notes, judged, and the sum of all."""

from ledger import bank_candidates
from ledger.bank_candidates import Candidate
from ledger.database import Connection
from ledger.types import Frozen, Tenant
from ledger.vault import Vault

LOOKED_AT = 50
"""Each is judged by its lines, and drafting judges all of them anyway."""


class Preview(Frozen):
    """Open credit notes that are in no bank run: all of them, and the oldest few as they were judged."""

    payouts: int
    gross_cents: int
    judged: tuple[Candidate, ...]

    @property
    def is_whole(self) -> bool:
        return self.payouts <= len(self.judged)


_FREE = """
  SELECT count(*) AS payouts, COALESCE(sum(COALESCE(d.gross_cents, p.gross_cents)), 0)::bigint AS gross_cents,
         (array_agg(p.id ORDER BY p.created_at, p.seq))[1:$2::integer] AS oldest
    FROM payouts p
    LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
   WHERE p.tenant_id = $1 AND p.state = 'credit_note_open'
     AND (SELECT l.id FROM bank_run_lines l
           WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL LIMIT 1) IS NULL
"""


async def preview(db: Connection, tenant: Tenant, vault: Vault) -> Preview:
    row = await db.fetchrow(_FREE, tenant.id, LOOKED_AT)
    assert row is not None  # an aggregate answers with one row
    judged = await bank_candidates.judged(db, tenant, vault, payouts=row["oldest"]) if row["oldest"] else []
    return Preview(payouts=row["payouts"], gross_cents=row["gross_cents"], judged=tuple(judged))
