"""What pages call a document of our own, how far it has come, and how it reached the partner."""

from collections.abc import Iterator, Sequence

from api.pages.frame.languages import N_, _, money
from api.pages.frame.words import DONE, MOVING, STOPPED
from ledger.books import NO_BOOKS
from ledger.documents.own.content import OwnDocumentKind
from ledger.documents.own.delivery import Delivery
from ledger.documents.own.own_document_list import OwnDocumentListed, OwnDocumentState
from ledger.documents.own.posting import PostingCase
from ledger.payouts.own_preview import Booking
from ledger.payouts.payouts import Payout
from ledger.types import DocumentStage

KINDS = {
    OwnDocumentKind.SELF_BILLED: N_("Gutschrift"),
    OwnDocumentKind.COMMISSION_STATEMENT: N_("Provisionsabrechnung"),
    OwnDocumentKind.REVERSAL: N_("Storno"),
    OwnDocumentKind.CORRECTION: N_("Korrektur"),
}
STATES = {
    OwnDocumentState.ISSUED: N_("ausgestellt"),
    OwnDocumentState.HANDED_OUT: N_("gesendet"),
    OwnDocumentState.DELIVERED: N_("zugestellt"),
    OwnDocumentState.CLOSED: N_("nicht ausgegeben"),
}
TONES = {
    OwnDocumentState.ISSUED: MOVING,
    OwnDocumentState.HANDED_OUT: MOVING,
    OwnDocumentState.DELIVERED: DONE,
    OwnDocumentState.CLOSED: STOPPED,
}
DELIVERIES = {
    "accepted": N_("vom Mailserver des Partners angenommen"),
    "refused": N_("vom Mailserver des Partners abgelehnt"),
    "no_address": N_("keine erreichbare Adresse"),
    "given_up": N_("drei Tage lang nicht versendet"),
    "opened": N_("vom Partner auf seiner Seite geöffnet"),
    "handed_over": N_("anders übergeben"),
}


POSTING_CASES = {
    PostingCase.REGULAR: N_("Provision mit Vorsteuer"),
    PostingCase.UNTAXED: N_("Provision ohne USt"),
    PostingCase.REVERSE_CHARGE_EU: N_("Leistung aus der EU (§ 13b)"),
    PostingCase.REVERSE_CHARGE_THIRD_COUNTRY: N_("Leistung aus einem Drittland (§ 13b)"),
}


def booking(ahead: Booking) -> str:
    """What will be booked where, in words."""
    if ahead.posting_case is None:
        return _("nichts: Es sind keine Bücher verbunden")
    return _(
        "Eingangsbeleg in der Buchhaltung, Kategorie %(category)s: %(net)s netto, %(tax)s USt",
        category=ahead.category or _(POSTING_CASES[ahead.posting_case]),
        net=money(ahead.net_cents),
        tax=money(ahead.tax_cents),
    )


def booked(payout: Payout, row: OwnDocumentListed) -> str:
    """Whether the books have it, as far as the payout knows."""
    if payout.books == NO_BOOKS:
        return _("keine Bücher verbunden: buchen Sie von Hand")
    if row.payout_number is None or row.state is OwnDocumentState.CLOSED:
        return "–"
    if payout.document_stage in (DocumentStage.BOOKED, DocumentStage.DELIVERED):
        return _("gebucht")
    return _("noch nicht")


def acts(row: OwnDocumentListed, deliveries: Sequence[Delivery]) -> Iterator[tuple[str, str, str]]:
    """(word in the address, button, what it does) of what a person may tell about the way of a document that is out."""
    if any(one.outcome == "accepted" and one.bounced_at is None for one in deliveries):
        yield (
            "unzustellbar",
            N_("Unzustellbar"),
            N_("Die Mail kam zurück. Binnen 24 Stunden nach der Annahme gilt der Beleg damit als nicht zugestellt."),
        )
    yield "senden", N_("Beleg erneut senden"), N_("Die Mail geht an die Adresse, die jetzt beim Partner steht.")
    if row.delivered_at is None:
        yield (
            "uebergeben",
            N_("Anders übergeben"),
            N_("Der Partner hat den Beleg; er gilt von nun an als zugestellt. Nennen Sie Weg und Tag im Grund."),
        )
