"""After a restore: books that the doctor does not compare may hold documents that the ledger has forgotten."""

from ledger.books import providers
from ledger.database import TenantTransaction
from ledger.reports.differences import Difference
from ledger.types import LEXOFFICE


async def find(tx: TenantTransaction) -> list[Difference]:
    """One for each of the books that payouts of this tenant are in, or would be in, and that only a person can read."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT books FROM (SELECT books FROM tenants WHERE id = $1
                                    UNION ALL SELECT books FROM payouts WHERE tenant_id = $1) used
         WHERE books = ANY ($2) ORDER BY books
        """,
        tx.tenant.id,
        [name for name in providers() if name != LEXOFFICE],
    )
    return [
        Difference(
            check="books_not_compared",
            subject="tenant",
            subject_id=row["books"],
            says=f"{row['books']} may hold credit notes that the ledger has forgotten; nobody has compared them.",
            mend=f"Look in {row['books']} for credit notes that were written since the backup and that no payout here "
            "names; cancel them there before anybody pays, and raise `last` of payout_counters to the highest payout "
            "number on them; then run this again with --accept.",
            bars_creating=True,
        )
        for row in rows
    ]
