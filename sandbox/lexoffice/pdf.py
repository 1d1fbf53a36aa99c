"""A document as a PDF."""

from __future__ import annotations

from sandbox import plain_pdf

from .clock import german_day
from .document import Document


def render(document: Document) -> bytes:
    totals = document.totals
    lines = [
        f"{document.title} {document.number}",
        f"Datum: {german_day(document.voucher_date):%d.%m.%Y}",
        document.address.name,
        *(
            text
            for text in (document.address.street, f"{document.address.zip or ''} {document.address.city or ''}")
            if text
        ),
        "",
        *(document.introduction or "").splitlines(),
        *(f"{line.quantity or ''} {line.name}" for line in document.lines[:30]),
        "",
        f"Netto: {totals.net} {document.currency}   Steuer: {totals.tax}   Brutto: {totals.gross}",
        *(document.remark or "").splitlines(),
    ]
    return plain_pdf.render(lines)
