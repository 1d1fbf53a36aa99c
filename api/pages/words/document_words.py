"""What pages call a document of our own, how far it has come, and how it reached the partner."""

from api.pages.frame.languages import N_
from api.pages.frame.words import DONE, MOVING, STOPPED
from ledger.documents.own.content import OwnDocumentKind
from ledger.documents.own.own_document_list import OwnDocumentState

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
