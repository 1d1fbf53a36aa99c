"""Statements whose numbers are missing: a task for each account and year, closed when they have come."""

from uuid import UUID

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.reasons import Reason

MISSING = "statement_missing"
_MOST_NAMED = 20


async def look(tx: TenantTransaction, account: UUID) -> None:
    """Ask for what is missing between the first and the last number of each year. The account must be locked.

    Numbers of previews and details are no row of their own, and camt and MT940 count apart.
    """
    rows = await tx.fetch(
        """
        WITH told AS (
             SELECT DISTINCT told_by, year, number FROM bank_statements
              WHERE tenant_id = $1 AND account_id = $2 AND kind = 'statement' AND number IS NOT NULL
                AND year IS NOT NULL),
             years AS (SELECT told_by, year, min(number) AS first, max(number) AS last FROM told GROUP BY 1, 2)
        SELECT y.told_by, y.year, a.iban_last4,
               ARRAY(SELECT n FROM generate_series(y.first, LEAST(y.last, y.first + 2000)) n
                      WHERE NOT EXISTS (SELECT FROM told t
                                         WHERE t.told_by = y.told_by AND t.year = y.year AND t.number = n)
                      ORDER BY n LIMIT 200) AS missing
          FROM years y JOIN tenant_bank_accounts a ON a.tenant_id = $1 AND a.id = $2
        """,
        tx.tenant.id,
        account,
    )
    for row in rows:
        about = f"{account}/{row['told_by']}/{row['year']}"
        missing: list[int] = row["missing"]
        if not missing:
            await tasks.close_questions(tx, subject="own_account", subject_id=about, kinds=(MISSING,), by="ledger")
            continue
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=MISSING,
                subject="own_account",
                subject_id=about,
                reason=Reason.of(
                    "statement_missing",
                    n=len(missing),
                    numbers=", ".join(str(number) for number in missing[:_MOST_NAMED]),
                    year=row["year"],
                    last4=row["iban_last4"],
                ),
                detail={"account": str(account), "year": row["year"], "told_by": row["told_by"], "missing": missing},
            ),
        )
