"""Issuing: number, day, files and the gate's report in one transaction; what it wrote never changes.

The caller holds the payout's row. A crash or a fatal finding rolls all of it back and gives the number back
(engine.md, Own documents).
"""

import asyncio
import hashlib
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from ledger import clock
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.documents.own.circle import Place, take_place
from ledger.documents.own.content import OwnDocument, OwnDocumentKind
from ledger.documents.own.gate import Report
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, require_reason
from ledger.types import Frozen, PartnerId, PayoutId

LARGEST_PDF = 5 * 1024 * 1024


class Rendered(NamedTuple):
    """The files of a document. `xml` and `report` are None where there is no XML, or it was left out for a finding."""

    pdf: bytes
    xml: bytes | None
    report: Report | None
    left_out: Report | None = None
    """What the gate found fatal, where the document goes without its XML."""


class OwnDocumentRow(Frozen):
    """An issued document without its files."""

    id: UUID
    number: str
    kind: OwnDocumentKind
    payout_id: PayoutId | None
    original_id: UUID | None
    issued_on: date
    net_cents: int
    tax_cents: int
    gross_cents: int
    transfer_cents: int
    pdf_sha256: str
    has_xml: bool
    issued_by: str
    issued_at: datetime
    closed_at: datetime | None
    closed_reason: str | None
    handed_out_at: datetime | None
    delivered_at: datetime | None


class FatalFinding(NotAcceptable):
    """The gate bars the document: nothing is issued."""

    def __init__(self, report: Report) -> None:
        self.report = report
        rules = sorted({one.rule for one in report.findings if one.severity == "fatal"})
        super().__init__("own_document_breaks_rules", rules=", ".join(rules))


COLUMNS = """
    id, number, kind, payout_id, original_id, issued_on, net_cents, tax_cents, gross_cents, transfer_cents, pdf_sha256,
    xml IS NOT NULL AS has_xml, issued_by, issued_at, closed_at, closed_reason, handed_out_at, delivered_at
"""
"""Of an OwnDocumentRow."""


def file_name(number: str, kind: str = "pdf") -> str:
    """Of a document's file; a number may hold `/`."""
    return f"{number.replace('/', '-')}.{kind}"


def render(document: OwnDocument, *, must_be_e_invoice: bool) -> Rendered:
    """The files of a document. Takes some 100 ms of CPU: call it in a thread.

    A fatal finding bars what must be an e-invoice (raises FatalFinding); elsewhere the PDF goes without its XML. Raises
    NotAcceptable for a PDF that the books would not take.
    """
    from ledger.documents.own.cii import xml_of
    from ledger.documents.own.gate import check
    from ledger.documents.own.pdf import pdf_of

    xml = xml_of(document) if document.has_xml else None
    report = check(xml, document.profile) if xml is not None else None
    left_out = None
    if report is not None and not report.passed:
        if must_be_e_invoice:
            raise FatalFinding(report)
        xml, report, left_out = None, None, report
    pdf = pdf_of(document, xml)
    if len(pdf) > LARGEST_PDF:
        raise NotAcceptable("own_document_too_large")
    return Rendered(pdf, xml, report, left_out)


async def issue(
    tx: TenantTransaction,
    draft: OwnDocument,
    *,
    payout: PayoutId | None,
    original: UUID | None = None,
    must_be_e_invoice: bool,
    by: str,
) -> OwnDocumentRow:
    """The issued document: `draft` with the next number of the circle and today's day (Berlin).

    Raises FatalFinding, NotAcceptable (too large), AlreadyExists (the payout has one, the number stands elsewhere).
    Holds the row of the circle's counter from here on.
    """
    today = clock.today()
    place = await take_place(tx, today)
    document = OwnDocument.model_validate(dict(draft) | {"number": place.number, "issued_on": today})
    files = await asyncio.to_thread(render, document, must_be_e_invoice=must_be_e_invoice)
    row = await _insert(tx, document, place, files, links=(payout, original), by=by)
    await audit.record(
        tx,
        actor=by,
        action="own_document.issued",
        subject="own_document",
        subject_id=str(row.id),
        detail={
            "number": row.number,
            "gross_cents": row.gross_cents,
            "pdf_sha256": row.pdf_sha256,
            "left_out": [one.rule for one in files.left_out.findings] if files.left_out else [],
        },
    )
    return row


async def _insert(
    tx: TenantTransaction,
    document: OwnDocument,
    place: Place,
    files: Rendered,
    *,
    links: tuple[PayoutId | None, UUID | None],
    by: str,
) -> OwnDocumentRow:
    row = await tx.fetchrow(
        f"""
        INSERT INTO own_documents (tenant_id, number, pattern, year, place, kind, payout_id, original_id, issued_on,
                                   net_cents, tax_cents, gross_cents, transfer_cents, content, xml, pdf, pdf_sha256,
                                   report, issued_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        RETURNING {COLUMNS}
        """,
        tx.tenant.id,
        document.number,
        *place,
        document.kind,
        *links,
        document.issued_on,
        document.net_cents,
        document.tax_cents,
        document.gross_cents,
        document.transfer_cents,
        document.model_dump(mode="json"),
        files.xml,
        files.pdf,
        hashlib.sha256(files.pdf).hexdigest(),
        files.report.model_dump(mode="json") if files.report else None,
        by,
    )
    assert row is not None
    return OwnDocumentRow.from_row(row)


async def close_unissued(tx: TenantTransaction, document: UUID, *, by: str, reason: str) -> OwnDocumentRow:
    """Keep the number as „nicht ausgegeben": the document was booked nowhere and handed out to nobody.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (closed or handed out already).
    """
    require_reason(reason)
    row = await tx.fetchrow(
        f"""
        UPDATE own_documents SET closed_at = now(), closed_by = $3, closed_reason = $4
         WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL AND handed_out_at IS NULL RETURNING {COLUMNS}
        """,
        tx.tenant.id,
        document,
        by,
        reason,
    )
    if row is None:
        await get(tx, document)
        raise NotAllowedNow("own_document_is_out")
    await audit.record(
        tx,
        actor=by,
        action="own_document.closed",
        subject="own_document",
        subject_id=str(document),
        detail={"reason": reason},
    )
    return OwnDocumentRow.from_row(row)


async def get(tx: TenantTransaction, document: UUID) -> OwnDocumentRow:
    """One issued document. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
    )
    if row is None:
        raise NotFound("own_document_not_found")
    return OwnDocumentRow.from_row(row)


async def get_by_number(tx: TenantTransaction, number: str) -> OwnDocumentRow:
    """One issued document. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM own_documents WHERE tenant_id = $1 AND number = $2", tx.tenant.id, number
    )
    if row is None:
        raise NotFound("own_document_not_found")
    return OwnDocumentRow.from_row(row)


async def get_of_partner(tx: TenantTransaction, partner: PartnerId, document: UUID) -> OwnDocumentRow:
    """A document that this partner may have: its own, and out of the house. Raises NotFound for every other."""
    row = await tx.fetchrow(
        f"""
        SELECT {COLUMNS} FROM own_documents
         WHERE tenant_id = $1 AND id = $2 AND partner_id = $3 AND handed_out_at IS NOT NULL
        """,
        tx.tenant.id,
        document,
        partner,
    )
    if row is None:
        raise NotFound("own_document_not_found")
    return OwnDocumentRow.from_row(row)


async def find_of_payout(tx: TenantTransaction, payout: PayoutId) -> OwnDocumentRow | None:
    """The document that stands for a payout, or None."""
    row = await tx.fetchrow(
        f"""
        SELECT {COLUMNS} FROM own_documents
         WHERE tenant_id = $1 AND payout_id = $2 AND closed_at IS NULL
           AND kind IN ('self_billed', 'commission_statement')
        """,
        tx.tenant.id,
        payout,
    )
    return None if row is None else OwnDocumentRow.from_row(row)


async def get_pdf(tx: TenantTransaction, document: UUID) -> bytes:
    """The PDF as it was issued. Raises NotFound."""
    pdf: bytes | None = await tx.fetchval(
        "SELECT pdf FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
    )
    if pdf is None:
        raise NotFound("own_document_not_found")
    return pdf


async def is_erased(tx: TenantTransaction, document: UUID) -> bool:
    """Whether the duty to keep it has ended: then there are number and amounts, no content and no file."""
    return bool(
        await tx.fetchval(
            "SELECT erased_at IS NOT NULL FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
        )
    )


async def get_xml(tx: TenantTransaction, document: UUID) -> bytes:
    """The XML as it was issued. Raises NotFound where there is none."""
    xml: bytes | None = await tx.fetchval(
        "SELECT xml FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
    )
    if xml is None:
        raise NotFound("own_document_without_xml")
    return xml


async def find_report(tx: TenantTransaction, document: UUID) -> Report | None:
    """What the gate found, and by which rules; None where there is no XML."""
    report = await tx.fetchval(
        "SELECT report FROM own_documents WHERE tenant_id = $1 AND id = $2", tx.tenant.id, document
    )
    return None if report is None else Report.model_validate(report)


async def get_content(tx: TenantTransaction, document: UUID) -> OwnDocument:
    """What stands on it. Raises NotFound."""
    content = await tx.fetchval(
        "SELECT content FROM own_documents WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL",
        tx.tenant.id,
        document,
    )
    if content is None:
        raise NotFound("own_document_not_found")
    return OwnDocument.model_validate(content)
