"""After a restore from backup: has lexoffice been compared with the ledger since?

The ledger may have forgotten documents that it created after the backup was made. A check counts only under the word
of this recovery, and only if it is younger than the server: a check of an earlier recovery may be in the backup.
"""

from ledger.audit import audit
from ledger.database import TenantTransaction


async def may_create(tx: TenantTransaction, word: str) -> bool:
    """Whether the newest check of this recovery found no difference, or a person answered for what it found."""
    return bool(
        await tx.fetchval(
            """
            SELECT differences = 0 OR accepted_because IS NOT NULL FROM recovery_checks
             WHERE tenant_id = $1 AND word = $2 AND checked_at > pg_postmaster_start_time()
             ORDER BY checked_at DESC LIMIT 1
            """,
            tx.tenant.id,
            word,
        )
    )


async def record(tx: TenantTransaction, *, word: str, by: str, differences: int, accepted_because: str | None) -> None:
    """Keeps that the books were compared under this word, and what came of it, with an audit entry."""
    await tx.execute(
        """
        INSERT INTO recovery_checks (tenant_id, word, checked_by, differences, accepted_because)
        VALUES ($1, $2, $3, $4, $5)
        """,
        tx.tenant.id,
        word,
        by,
        differences,
        accepted_because,
    )
    await audit.record(
        tx,
        actor=by,
        action="recovery.checked",
        subject="tenant",
        subject_id=tx.tenant.slug,
        detail={"word": word, "differences": differences, "accepted_because": accepted_because},
    )


async def skip_numbers(tx: TenantTransaction, highest: dict[int, int]) -> dict[int, int]:
    """Let no payout get a number that lexoffice or the engine has seen: the counters go on behind them.

    Returns the years and numbers that were moved.
    """
    rows = await tx.fetch(
        """
        INSERT INTO payout_counters AS c (tenant_id, year, last)
        SELECT $1, seen.year, seen.last FROM unnest($2::int[], $3::int[]) AS seen (year, last)
        ON CONFLICT (tenant_id, year) DO UPDATE SET last = EXCLUDED.last WHERE c.last < EXCLUDED.last
        RETURNING year, last
        """,
        tx.tenant.id,
        list(highest),
        list(highest.values()),
    )
    return {row["year"]: row["last"] for row in rows}
