"""The tenant has other books from now on: what is not approved yet is asked about anew under these.

What is approved ends in the books that it was approved with.
"""

from ledger.books import books_named
from ledger.database import TenantTransaction
from ledger.payouts import payout_content
from ledger.types import PayoutId


async def ask_anew(tx: TenantTransaction, books: str) -> None:
    """Credit notes that await approval are made in these books, if they write any; what an approval of them stands for
    has changed, and their workflows look again. A document of our own stays as it is: it says where it is booked.

    Locks these payouts.
    """
    row = books_named(books)
    if not row.takes_credit_notes:
        return
    rows = await tx.fetch(
        """
        UPDATE payouts SET books = $2, hash_version = $3, updated_at = now(),
                           recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts
                WHERE tenant_id = $1 AND state = 'awaiting_approval' AND strategy = 'lexoffice_credit_note'
                ORDER BY seq FOR UPDATE)
        RETURNING id
        """,
        tx.tenant.id,
        books,
        row.formula,
    )
    await payout_content.renew_content_hashes(tx, [PayoutId(row["id"]) for row in rows])
