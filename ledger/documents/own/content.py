"""What stands on a document of our own. XML (cii.py) and PDF (pdf.py) are pure functions of it, so it is kept whole.

Seller is the partner, buyer the tenant: the recipient of the service issues the invoice (§ 14 Abs. 2 Satz 5 UStG).
BT and BG numbers are the terms of EN 16931-1.
"""

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from ledger.money import vat_cents
from ledger.types import Frozen
from ledger.vat import Vat


class OwnDocumentKind(StrEnum):
    """What a document is. Only the first is called Gutschrift (§ 14 Abs. 4 Nr. 10 UStG, UStAE 14.3 Abs. 2)."""

    SELF_BILLED = "self_billed"
    COMMISSION_STATEMENT = "commission_statement"
    """For a private person: no invoice in the sense of the law, and no XML."""
    REVERSAL = "reversal"
    """Takes back a whole document (Storno)."""
    CORRECTION = "correction"
    """Takes back a part of one document, or what no later document can be netted with."""


ENGLISH_TITLES = {
    OwnDocumentKind.SELF_BILLED: "Self-billing invoice",
    OwnDocumentKind.COMMISSION_STATEMENT: "Commission statement",
    OwnDocumentKind.REVERSAL: "Cancellation",
    OwnDocumentKind.CORRECTION: "Correction",
}
"""Beside the German title, for partners abroad."""


class Contact(Frozen):
    """Whom to ask; XRechnung demands it of the seller (BR-DE-2, 5, 6, 7)."""

    name: str
    phone: str
    mail: str


class OwnParty(Frozen):
    """Partner or tenant as the document names them."""

    name: str = Field(min_length=1)
    supplement: str | None = None
    street: str
    zip: str
    city: str
    country_code: str = Field(pattern="^[A-Z]{2}$")
    code: str | None = None
    """The partner's code (BT-29): one of BT-29, BT-30, BT-31 must exist (BR-CO-26)."""
    vat_id: str | None = None
    """BT-31 or BT-48, with the prefix of its state (EL for Greece, XI for Northern Ireland)."""
    tax_number: str | None = None
    """BT-32, of the seller only: Steuernummer, EX number or the number of a third country."""
    mail: str | None = None
    contact: Contact | None = None


class OwnLine(Frozen):
    """One line. What takes back is negative: a quantity of -1 with a positive price (BR-27)."""

    text: str = Field(min_length=1)
    note: str | None = None
    """Which document and which sale a line corrects, or what a summed line holds."""
    net_cents: int


class Original(Frozen):
    """The document that is taken back or corrected (BG-3)."""

    number: str
    issued_on: date


class SetOff(Frozen):
    """What is not transferred, as it is set off against another document of the same two parties (BT-113)."""

    number: str
    cents: int = Field(gt=0)


class OwnDocument(Frozen):
    """A whole document. Amounts are cents in EUR, days those of Berlin; `period_to` belongs to the period."""

    kind: OwnDocumentKind
    number: str = Field(min_length=1, max_length=40)
    """BT-1, of the tenant's own circle."""
    issued_on: date
    period_from: date
    period_to: date
    seller: OwnParty
    buyer: OwnParty
    lines: tuple[OwnLine, ...] = Field(min_length=1)
    vat: Vat
    payout_number: str | None = None
    """BT-83: what the transfer will name. None: nothing is transferred by this document."""
    agreement: str | None = None
    """BT-12: the version of the agreement that lets us write it."""
    iban: str | None = None
    account_holder: str | None = None
    original: Original | None = None
    set_offs: tuple[SetOff, ...] = ()
    sentences: tuple[str, ...] = ()
    """What the law wants said beside title and tax, German."""
    sentences_english: tuple[str, ...] = ()
    """The same for a partner abroad: the document is German and English where there are any."""
    payment_terms: str | None = None
    """BT-20: when it is paid, or that nothing is paid by this document."""
    profile: Literal["en16931", "xrechnung"] = "en16931"
    buyer_reference: str | None = None
    """BT-10 (Leitweg-ID or what the tenant wants there); XRechnung demands one."""
    reversal_code: Literal["389", "261"] = "389"
    """BT-3 of a reversal; with 261 its amounts are positive."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.period_to < self.period_from:
            raise ValueError("period_ends_before_it_begins")
        takes_back = self.kind in (OwnDocumentKind.REVERSAL, OwnDocumentKind.CORRECTION)
        if (self.original is None and self.kind is OwnDocumentKind.REVERSAL) or (self.original and not takes_back):
            raise ValueError("a_reversal_names_its_original")
        if takes_back != (self.net_cents < 0) or self.net_cents == 0:
            raise ValueError("total_has_the_wrong_sign")
        if self.payment_terms is None and self.due_cents > 0:
            raise ValueError("payment_terms_missing")  # BR-CO-25
        if takes_back and (self.payout_number or self.set_offs):
            raise ValueError("what_takes_back_is_not_transferred")
        if sum(one.cents for one in self.set_offs) > self.gross_cents > 0:
            raise ValueError("more_set_off_than_owed")
        return self

    @property
    def net_cents(self) -> int:
        """The sum of the lines (BT-106, BT-109)."""
        return sum(line.net_cents for line in self.lines)

    @property
    def tax_cents(self) -> int:
        """VAT on the summed net, once (BT-110, BT-117; BR-CO-17)."""
        return vat_cents(self.net_cents, self.vat.rate)

    @property
    def gross_cents(self) -> int:
        """BT-112."""
        return self.net_cents + self.tax_cents

    @property
    def transfer_cents(self) -> int:
        """Gross less what is set off (BT-115): what the bank transfers."""
        return self.gross_cents - sum(one.cents for one in self.set_offs)

    @property
    def sign(self) -> int:
        """-1 where amounts are written with the opposite sign: a self-billed credit note (261) has positive ones."""
        return -1 if self.kind is OwnDocumentKind.REVERSAL and self.reversal_code == "261" else 1

    @property
    def due_cents(self) -> int:
        """BT-115 as it is written."""
        return self.transfer_cents * self.sign

    @property
    def title(self) -> str:
        """What the document calls itself, German."""
        match self.kind:
            case OwnDocumentKind.SELF_BILLED:
                return "Gutschrift"
            case OwnDocumentKind.COMMISSION_STATEMENT:
                return "Provisionsabrechnung"
            case OwnDocumentKind.REVERSAL:
                return f"Storno zur {self._original_title} {self._original_number}"
            case OwnDocumentKind.CORRECTION if self.original is None:
                return "Korrektur zu früheren Abrechnungen"
            case OwnDocumentKind.CORRECTION:
                return f"Korrektur zur {self._original_title} {self._original_number}"

    @property
    def has_xml(self) -> bool:
        """Whether it carries itself as XML: an invoice in the sense of the law, of a seller whom EN 16931 can name."""
        return not self.is_of_private_person and not self.without_xml

    @property
    def is_of_private_person(self) -> bool:
        """A Provisionsabrechnung, or what takes one back: no invoice in the sense of the law."""
        return self.kind is OwnDocumentKind.COMMISSION_STATEMENT or self.to_private_person

    to_private_person: bool = False
    """A reversal or correction of a Provisionsabrechnung is none either."""
    without_xml: bool = False
    """EN 16931 asks for a tax number of the seller, and in a third country there may be none (rules.md, strategy B)."""

    @property
    def _original_title(self) -> str:
        return "Provisionsabrechnung" if self.to_private_person else "Gutschrift"

    @property
    def _original_number(self) -> str:
        return self.original.number if self.original else ""
