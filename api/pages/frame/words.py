"""The words of states, roles and permissions, in German; `_()` turns them where they are shown."""

from api.pages.frame.languages import N_, _
from ledger.roles import Permission, Role

ROLES: dict[Role, str] = {
    Role.VIEWER: N_("Lesen"),
    Role.EDITOR: N_("Bearbeiten"),
    Role.APPROVER: N_("Freigeben"),
    Role.ADMIN: N_("Admin"),
}

ALLOWS: dict[Permission, str] = {
    Permission.READ: N_("Auszahlungen, Provisionen, Partner und Ereignisse ansehen"),
    Permission.SEE_BANK: N_("Die letzten Zeichen einer IBAN sehen"),
    Permission.WRITE: N_("Partner, Kampagnen und Verkäufe bearbeiten, Auszahlungen anfordern"),
    Permission.APPROVE: N_("Auszahlungen freigeben, ablehnen und stornieren"),
    Permission.CONFIRM_BANK: N_("Neue Bankverbindungen als zweite Person bestätigen"),
    Permission.BANK: N_("Bankverbindungen festhalten"),
    Permission.STATEMENTS: N_("Kontoauszüge einlesen und unklare Umsätze zuordnen"),
    Permission.SETTINGS: N_("Einstellungen des Mandanten ändern"),
    Permission.USERS: N_("Benutzer verwalten"),
    Permission.KEYS: N_("API-Schlüssel verwalten"),
    Permission.AUDIT: N_("Den Prüfpfad ansehen"),
    Permission.TENANTS: N_("Mandanten anlegen und betreten"),
}

SCOPES: dict[str, str] = {
    "read": N_("Auszahlungen, Provisionen, Verkäufe, Partner und Ereignisse lesen"),
    "write": N_("Partner, Kampagnen, Verkäufe und Verbindungen ändern, Auszahlungen und Läufe anfordern"),
    "approve": N_("Auszahlungen freigeben, ablehnen und stornieren, Prüfpfad und Nachweise lesen"),
    "bank": N_("Bankverbindungen festhalten und bestätigen, Zahlungsläufe führen und ihre Dateien abrufen"),
    "statements": N_("Kontoauszüge einlesen, sonst nichts: für das Programm, das sie bei der Bank abholt"),
}
"""What a key with this scope may do."""

WAITING, MOVING, DONE, STOPPED, TROUBLE = "waiting", "moving", "done", "stopped", "trouble"
"""How a state is coloured. The word beside it says the same."""

STATES: dict[str, dict[str, tuple[str, str]]] = {
    "payout": {
        "awaiting_approval": (N_("Wartet auf Freigabe"), WAITING),
        "approved": (N_("Freigegeben"), MOVING),
        "outcome_unknown": (N_("Ergebnis unklar"), TROUBLE),
        "credit_note_open": (N_("Gutschrift offen"), MOVING),
        "returned": (N_("Rückläufer"), TROUBLE),
        "paid": (N_("Ausgezahlt"), DONE),
        "settled_manually": (N_("Von Hand erledigt"), DONE),
        "rejected": (N_("Abgelehnt"), STOPPED),
        "cancelled": (N_("Storniert"), STOPPED),
    },
    "commission": {
        "pending": (N_("Vorläufig"), WAITING),
        "approved": (N_("Freigegeben"), MOVING),
        "in_payout": (N_("In Auszahlung"), MOVING),
        "paid": (N_("Ausgezahlt"), DONE),
        "reversed": (N_("Storniert"), STOPPED),
    },
    "claim": {
        "open": (N_("Offen"), WAITING),
        "settled": (N_("Bezahlt"), DONE),
        "netted": (N_("Verrechnet"), DONE),
        "written_off": (N_("Ausgebucht"), STOPPED),
        "void": (N_("Hinfällig"), STOPPED),
    },
    "transaction": {
        "pending": (N_("Vorläufig"), WAITING),
        "approved": (N_("Bezahlt"), DONE),
        "refunded": (N_("Erstattet"), STOPPED),
    },
    "event": {
        "received": (N_("Angenommen"), MOVING),
        "waiting": (N_("Wartet"), WAITING),
        "skipped": (N_("Übersprungen"), WAITING),
        "ignored": (N_("Ohne Bedeutung"), STOPPED),
        "processed": (N_("Verarbeitet"), DONE),
        "unchanged": (N_("Nichts geändert"), STOPPED),
        "failed": (N_("Fehlgeschlagen"), TROUBLE),
    },
    "endpoint": {
        "active": (N_("Eingeschaltet"), DONE),
        "off": (N_("Ausgeschaltet"), TROUBLE),
        "ended": (N_("Beendet"), STOPPED),
    },
    "delivery": {
        "due": (N_("Steht aus"), WAITING),
        "delivered": (N_("Angenommen"), DONE),
        "dropped": (N_("Aufgegeben"), STOPPED),
    },
    "task": {
        "open": (N_("Offen"), WAITING),
        "resolved": (N_("Erledigt"), DONE),
    },
    "partner": {
        "active": (N_("Aktiv"), DONE),
        "inactive": (N_("Ruht"), STOPPED),
    },
}
"""State → word and tone, for each kind of thing that has one; in the order in which sums and choices show them."""


DOCUMENT = {
    "draft": N_("Entwurf"),
    "open": N_("Offen"),
    "overdue": N_("Überfällig"),
    "paid": N_("Bezahlt"),
    "paidoff": N_("Bezahlt"),
    "voided": N_("Storniert"),
}
"""What lexoffice calls a voucherStatus; one that it invents tomorrow is shown as it came."""


def of_document(status: str) -> str:
    return _(DOCUMENT.get(status, status))


def of_state(kind: str, state: str) -> str:
    """In the language of this request."""
    return _(STATES[kind][state][0])


def tone(kind: str, state: str) -> str:
    return STATES[kind][state][1]
