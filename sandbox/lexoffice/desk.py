"""What a person does with a document in lexoffice, and what its pages would not offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from . import documents
from .announce import Action
from .clock import now
from .corrections import settle_by_correction, withdraw_correction
from .document import Document, Payment, PaymentItemType, Status
from .office import Office
from .organizations import Organization


class NotOffered(Exception):
    """lexoffice shows no such button for a document in this state; the text says why."""


STATE_WORDS: dict[Status, str] = {
    "draft": "ein Entwurf",
    "open": "abgeschlossen und offen",
    "paid": "bezahlt",
    "voided": "storniert",
}


# The buttons of lexoffice for a document in this state.
OFFERED: dict[Status, tuple[str, ...]] = {
    "draft": ("finalize", "delete"),
    "open": ("mark-paid", "pay", "unpay", "reopen", "void"),
    "paid": ("unpay", "void"),
    "voided": (),
}


@dataclass(frozen=True)
class Desk:
    """One person at work in one account; `force` does what no button does."""

    office: Office
    organization: Organization
    force: bool = False

    def finalize(self, document: Document) -> Document:
        self._only(document, "abgeschlossen werden", "draft")
        if document.preceding is not None:
            invoice = documents.load(self.office.store, document.preceding)
            if invoice is not None and invoice.status in ("open", "paid"):
                with self.office.store.transaction():
                    settled = self._change(document, "finalized", status="paid", settled_at=now())
                    settle_by_correction(self.office, self.organization, settled, invoice)
                return settled
        return self._change(document, "finalized", status="open")

    def pay(
        self,
        document: Document,
        *,
        amount: Decimal | None = None,
        item_type: PaymentItemType = "partPaymentFinancialTransaction",
        reference: str | None = None,
        posting_date: datetime | None = None,
    ) -> Document:
        """Assign a payment. The document is settled when nothing stays open, else only partly paid."""
        self._only(document, "bezahlt werden", "open")
        # Forced on a draft or a voided one there is no open amount: then its total counts.
        left = document.claimed - document.paid_amount
        amount = left if amount is None else amount
        if amount < 0 or (amount == 0 and document.claimed != 0):
            self._refuse("Der Betrag muss größer als 0 sein.")
        if amount > left:
            self._refuse(f"Der Betrag {amount} ist höher als der offene Betrag {left}.")
        payment = Payment(type=item_type, posting_date=posting_date or now(), amount=amount, reference=reference)
        payments = (*document.payments, payment)
        if amount < left:
            return self._change(document, "part_paid", payments=payments, status="open")
        return self._change(document, "settled", payments=payments, status="paid", settled_at=now())

    def unpay(self, document: Document) -> Document:
        """Take every payment off again; settlement by a credit note stays."""
        kept = tuple(payment for payment in document.payments if payment.source is not None)
        if len(kept) == len(document.payments) and not (self.force and document.status == "paid"):
            raise NotOffered(f"{document.number} hat keine Zahlung, die gelöst werden kann.")
        if document.status == "paid":
            return self._change(document, "unsettled", payments=kept, status="open", settled_at=None)
        return self._change(document, "part_unpaid", payments=kept)

    def void(self, document: Document) -> Document:
        return self._withdraw(document, cancelled=False)

    def cancel(self, document: Document) -> Document:
        """The same click; in the chapter's dialect the event may be called cancelled."""
        return self._withdraw(document, cancelled=True)

    def _withdraw(self, document: Document, *, cancelled: bool) -> Document:
        self._only(document, "storniert werden", "open", "paid")
        with self.office.store.transaction():
            voided = self._change(document, "cancelled" if cancelled else "voided", status="voided", settled_at=None)
            if voided.tied_to_invoice:
                withdraw_correction(self.office, self.organization, voided, forget=False)
        return voided

    def reopen(self, document: Document) -> Document:
        """Back from open to draft; lexoffice announces it by payment.changed as well (§2.2)."""
        self._only(document, "wieder geöffnet werden", "open")
        if document.payments and not self.force:
            raise NotOffered(f"{document.number} hat Zahlungen; lösen Sie diese zuerst.")
        return self._change(document, "reopened", status="draft", payments=(), settled_at=None)

    def delete(self, document: Document) -> None:
        self._only(document, "gelöscht werden", "draft")
        with self.office.store.transaction():
            documents.remove(self.office, self.organization, document)
            if document.tied_to_invoice:
                withdraw_correction(self.office, self.organization, document, forget=True)

    def edit(self, document: Document, values: dict[str, object]) -> Document:
        self._only(document, "bearbeitet werden", "draft")
        return self._change(document, "edited", **values)

    def _change(self, document: Document, action: Action, **update: object) -> Document:
        return documents.change(self.office, self.organization, document, action, **update)

    def _only(self, document: Document, what: str, *states: Status) -> None:
        if document.status not in states:
            self._refuse(f"{document.number} ist {STATE_WORDS[document.status]} und kann nicht {what}.")

    def _refuse(self, why: str) -> None:
        if not self.force:
            raise NotOffered(why)
