"""Who follows whom: a new legal person is a new partner, which names the one that it follows (rules.md, strategy B).

Nothing goes over by it: agreement, tax status, account and balance are each person's own.
"""

from ledger.database import TenantTransaction
from ledger.plain_text import code_of
from ledger.refusals import AlreadyExists, NotAcceptable
from ledger.types import PartnerId


async def predecessor_of(tx: TenantTransaction, code: str | None, *, follower: PartnerId | None) -> PartnerId | None:
    """The partner with this code, fit to be followed by `follower` (None: by one that is to be made). None: nobody.

    Raises NotAcceptable (no such partner; a circle) and AlreadyExists (another follows it).
    """
    if code is None:
        return None
    row = await tx.fetchrow(
        """
        WITH RECURSIVE before (id, predecessor_id, depth) AS (
            SELECT id, predecessor_id, 1 FROM partners WHERE tenant_id = $1 AND code = $2
            UNION ALL
            SELECT p.id, p.predecessor_id, b.depth + 1
              FROM before b JOIN partners p ON p.tenant_id = $1 AND p.id = b.predecessor_id
             WHERE b.depth < 100)
        SELECT (SELECT id FROM before WHERE depth = 1) AS id,
               EXISTS (SELECT FROM before WHERE id = $3) AS is_a_circle,
               (SELECT n.code FROM partners n JOIN before b ON b.depth = 1 AND n.predecessor_id = b.id
                 WHERE n.tenant_id = $1 AND n.id IS DISTINCT FROM $3) AS followed_by
        """,
        tx.tenant.id,
        code_of(code),
        follower,
    )
    if row is None or row["id"] is None:
        raise NotAcceptable("unknown_predecessor")
    if row["is_a_circle"]:
        raise NotAcceptable("predecessor_cycle")
    if row["followed_by"] is not None:
        raise AlreadyExists("partner_has_successor", partner=row["followed_by"])
    return PartnerId(row["id"])
