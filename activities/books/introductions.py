"""What stands at the head of a credit note, whichever books write it (rules.md, The document, strategy A)."""

from datetime import date

from ledger.payouts import document_lines
from ledger.payouts.document_lines import DocumentLine
from ledger.payouts.document_parties import Party
from ledger.payouts.payouts import Payout
from ledger.types import TaxCase


def introduction_of(payout: Payout, partner: Party, tenant: Party, lines: list[DocumentLine]) -> str:
    """Heading, both parties, what was rendered and when, and the payout's number; a line each."""
    first_day, last_day = document_lines.period_of(lines)
    heading = "Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG"
    if payout.tax_case is TaxCase.PRIVATE:
        heading = "Provisionsabrechnung"  # § 14c UStG: to a private person it must not look like a Gutschrift with VAT
    return "\n".join(
        (
            heading,
            f"Leistender: {partner.one_line}",
            f"Leistungsempfänger: {tenant.one_line}",
            f"Vermittlungsprovisionen, Leistungszeitraum {_day(first_day)} bis {_day(last_day)}",
            f"Auszahlung {payout.number}",
        )
    )


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
