"""The German words of roles and permissions."""

from ledger.roles import Permission, Role

ROLES: dict[Role, str] = {
    Role.VIEWER: "Lesen",
    Role.EDITOR: "Bearbeiten",
    Role.APPROVER: "Freigeben",
    Role.ADMIN: "Admin",
}

ALLOWS: dict[Permission, str] = {
    Permission.READ: "Auszahlungen, Provisionen, Partner und Ereignisse ansehen",
    Permission.SEE_BANK: "Die letzten Zeichen einer IBAN sehen",
    Permission.WRITE: "Partner, Kampagnen und Verkäufe bearbeiten, Auszahlungen anfordern",
    Permission.APPROVE: "Auszahlungen freigeben, ablehnen und stornieren",
    Permission.CONFIRM_BANK: "Neue Bankverbindungen als zweite Person bestätigen",
    Permission.BANK: "Bankverbindungen festhalten",
    Permission.SETTINGS: "Einstellungen des Mandanten ändern",
    Permission.USERS: "Benutzer verwalten",
    Permission.KEYS: "API-Schlüssel verwalten",
    Permission.AUDIT: "Den Prüfpfad ansehen",
    Permission.TENANTS: "Mandanten anlegen und betreten",
}
