"""The sales documents of this sandbox, and the words lexoffice has for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KindName = Literal["invoice", "down-payment-invoice", "credit-note"]


@dataclass(frozen=True)
class Kind:
    name: KindName  # also the first word of its events (§2.2)
    path: str  # /v1/{path}
    voucher_type: str  # in voucherlist, payments and relatedVouchers
    settled_word: str  # the status of a settled one: "paid", but "paidoff" for credit notes (§3.3)
    title: str
    number_pattern: str
    permalink: str


INVOICE = Kind("invoice", "invoices", "invoice", "paid", "Rechnung", "RE{number:04d}", "invoices")
DOWN_PAYMENT_INVOICE = Kind(
    "down-payment-invoice",
    "down-payment-invoices",
    "downpaymentinvoice",
    "paid",
    "Anzahlungsrechnung",
    "AR{number:04d}",
    "invoices",
)
CREDIT_NOTE = Kind(
    "credit-note",
    "credit-notes",
    "creditnote",
    "paidoff",
    "Rechnungskorrektur",
    "GS{number:04d}",
    "credit-notes",
)

KINDS: dict[KindName, Kind] = {kind.name: kind for kind in (INVOICE, DOWN_PAYMENT_INVOICE, CREDIT_NOTE)}
