"""What must be true of documents of our own, asked of the rows: the number circle, deliveries, and vouchers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.documents.own import circle
from ledger.documents.own.circle import Place
from ledger.reports.differences import Difference, by_hand
from ledger.types import Frozen, TenantId

_Row = dict[str, Any]

_CHECKS: tuple[tuple[str, Callable[[_Row], Difference]], ...] = (
    (
        # A mail is tried for three days, and a partner without an address is asked about at once: something is lost.
        """
        SELECT d.number FROM own_documents d
         WHERE d.tenant_id = $1 AND d.handed_out_at < now() - interval '4 days' AND d.erased_at IS NULL
           AND NOT EXISTS (SELECT FROM own_document_deliveries v
                            WHERE v.tenant_id = d.tenant_id AND v.document_id = d.id)
         ORDER BY d.seq LIMIT 100
        """,
        lambda row: Difference(
            check="document_without_delivery",
            subject="own_document",
            subject_id=row["number"],
            says=f"{row['number']} was handed out four days ago or more, and nothing is known of its mail.",
            mend="See that a mail server is set (PARTNERDESK_SMTP_HOST) and a worker runs; then send the document "
            "again on the payout's page.",
        ),
    ),
    (
        """
        SELECT p.number, p.document_stage FROM payouts p
         WHERE p.tenant_id = $1 AND p.strategy = 'own_document'
           AND p.state IN ('credit_note_open', 'paid', 'returned')
           AND NOT EXISTS (SELECT FROM own_documents d
                            WHERE d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.handed_out_at IS NOT NULL)
         ORDER BY p.seq LIMIT 100
        """,
        lambda row: Difference(
            check="payout_without_its_document",
            subject="payout",
            subject_id=row["number"],
            says=f"{row['number']} is as if its own document had been handed out; there is none.",
            mend="Restore the rows of own_documents from a backup, or cancel the payout by hand; pay nothing before.",
            bars_creating=True,
        ),
    ),
    (
        """
        SELECT e.kind, e.voucher_number, count(*) AS vouchers FROM external_documents e
         WHERE e.tenant_id = $1 AND e.kind IN ('purchaseinvoice', 'purchasecreditnote')
           AND e.own_document_id IS NOT NULL AND COALESCE(e.status, '') NOT IN ('voided', 'deleted')
         GROUP BY e.kind, e.voucher_number, e.own_document_id HAVING count(*) > 1
         ORDER BY e.voucher_number LIMIT 100
        """,
        lambda row: Difference(
            check="voucher_twice",
            subject="own_document",
            subject_id=str(row["voucher_number"]),
            says=f"{row['voucher_number']} is in lexoffice {row['vouchers']} times.",
            mend="Delete all but the one that has the file, in lexoffice; the sweep then notes that they are gone.",
        ),
    ),
)


async def check(tx: TenantTransaction) -> list[Difference]:
    """All that can be said without asking anybody."""
    found = [
        Difference(
            check="number_without_document",
            subject="own_document",
            subject_id=number,
            says=f"The number circle has given {number}, and there is no document of it.",
            mend="Restore the rows of own_documents from a backup; until then issue nothing: numbers have no gap.",
            bars_creating=True,
        )
        for number in await circle.find_gaps(tx)
    ]
    for sql, says in _CHECKS:
        found += [says(dict(row)) for row in await tx.fetch(sql, tx.tenant.id)]
    return found


class KnownVoucher(Frozen):
    """The voucher that books a document of ours, where it is read back and not undone."""

    resource_id: UUID
    number: str
    gross_cents: int
    """The document's, without its sign."""
    created_at: datetime


async def vouchers(tx: TenantTransaction) -> list[KnownVoucher]:
    """Every voucher at lexoffice that a document of ours is booked by now."""
    rows = await tx.fetch(
        """
        SELECT d.resource_id, o.number, abs(o.gross_cents) AS gross_cents, d.created_at
          FROM external_documents d JOIN own_documents o ON o.tenant_id = d.tenant_id AND o.id = d.own_document_id
         WHERE d.tenant_id = $1 AND d.provider = 'lexoffice' AND d.detached_at IS NULL
           AND d.status NOT IN ('voided', 'deleted')
        """,
        tx.tenant.id,
    )
    return [KnownVoucher.from_row(row) for row in rows]


def forgotten(tenant_id: TenantId, place: Place) -> Difference:
    """After a restore: a number that would be given twice."""
    raised = by_hand(
        tenant_id,
        f"INSERT INTO own_document_counters (tenant_id, pattern, year, last) VALUES ('{tenant_id}', '{place.pattern}', "
        f"{place.year}, {place.place}) ON CONFLICT (tenant_id, pattern, year) DO UPDATE SET last = EXCLUDED.last",
    )
    return Difference(
        check="own_number_forgotten",
        subject="own_document",
        subject_id=place.number,
        says=f"{place.number} stands on a voucher in lexoffice; the number circle has not come to it.",
        mend=f"The ledger is older than lexoffice, as after a restore: let the circle go on behind it: {raised}",
        bars_creating=True,
    )


async def find_uncompared(tx: TenantTransaction) -> Difference | None:
    """After a restore: where documents of our own are in no books, only a person knows which number was the last."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT number FROM own_documents WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1) AS newest
         WHERE EXISTS (SELECT FROM payouts WHERE tenant_id = $1 AND strategy = 'own_document' AND books = 'none')
            OR EXISTS (SELECT FROM document_strategies s JOIN tenants t ON t.id = s.tenant_id
                        WHERE s.tenant_id = $1 AND s.strategy = 'own_document' AND t.books = 'none')
        """,
        tx.tenant.id,
    )
    if row is None:
        return None
    return Difference(
        check="own_numbers_not_compared",
        subject="tenant",
        subject_id="own_documents",
        says=f"Documents that are in no books may have numbers that the ledger has forgotten; its newest one is "
        f"{row['newest'] or 'none'}.",
        mend="Look for a newer one at a partner or in the sent mails. If there is one, raise `last` of "
        "own_document_counters to its number; then run this again with --accept.",
        bars_creating=True,
    )
