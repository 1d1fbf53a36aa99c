"""What stands in the menu, in this order. A page of its own adds one line here."""

from typing import NamedTuple

from api.pages.frame.languages import N_
from ledger.access.sessions import Person
from ledger.roles import Permission


class Link(NamedTuple):
    address: str
    text: str
    needs: Permission
    """Whoever lacks it does not see the link; the page itself refuses, too."""


class Group(NamedTuple):
    name: str
    links: list[Link]


WORK = Group(
    N_("Arbeit"),
    [
        Link("/admin/heute", N_("Heute"), Permission.READ),
        Link("/admin/monat", N_("Monat"), Permission.READ),
        Link("/admin/uebersicht", N_("Übersicht"), Permission.READ),
        Link("/admin/freigaben", N_("Freigaben"), Permission.APPROVE),
        Link("/admin/auszahlungen", N_("Auszahlungen"), Permission.READ),
        Link("/admin/auszahlungslaeufe", N_("Auszahlungsläufe"), Permission.READ),
        Link("/admin/forderungen", N_("Forderungen"), Permission.READ),
        Link("/admin/aufgaben", N_("Aufgaben"), Permission.READ),
    ],
)
BANK = Group(
    N_("Bank"),
    [
        Link("/admin/zahlungslaeufe", N_("Zahlungsläufe"), Permission.SEE_BANK),
        Link("/admin/kontoauszuege", N_("Kontoauszüge"), Permission.SEE_BANK),
        Link("/admin/nicht-zugeordnet", N_("Nicht zugeordnet"), Permission.SEE_BANK),
    ],
)
BOOKS = Group(
    N_("Bestand"),
    [
        Link("/admin/transaktionen", N_("Transaktionen"), Permission.READ),
        Link("/admin/provisionen", N_("Provisionen"), Permission.READ),
        Link("/admin/partner", N_("Partner"), Permission.READ),
        Link("/admin/kampagnen", N_("Kampagnen"), Permission.READ),
        Link("/admin/kunden", N_("Kunden"), Permission.READ),
        Link("/admin/ereignisse", N_("Ereignisse"), Permission.READ),
        Link("/admin/berichte", N_("Berichte"), Permission.READ),
        Link("/admin/uebernahme", N_("Übernahme"), Permission.WRITE),
    ],
)
SETTINGS = Group(
    N_("Verwaltung"),
    [
        Link("/admin/firma", N_("Firmenangaben"), Permission.SETTINGS),
        Link("/admin/zahlungsanbieter", N_("Zahlungsanbieter"), Permission.READ),
        Link("/admin/bankkonten", N_("Bankkonten"), Permission.SEE_BANK),
        Link("/admin/bankverbindungen", N_("Neue Bankverbindungen"), Permission.CONFIRM_BANK),
        Link("/admin/abrechnungsregeln", N_("Abrechnungsregeln"), Permission.SETTINGS),
        Link("/admin/belegregeln", N_("Belege"), Permission.SETTINGS),
        Link("/admin/buchung", N_("Buchung der Belege"), Permission.SETTINGS),
        Link("/admin/freigaberegeln", N_("Freigaberegeln"), Permission.SETTINGS),
        Link("/admin/benutzer", N_("Benutzer"), Permission.USERS),
        Link("/admin/schluessel", N_("API-Schlüssel"), Permission.KEYS),
        Link("/admin/webhooks", N_("Webhooks"), Permission.SETTINGS),
        Link("/admin/api-anfragen", N_("API-Anfragen"), Permission.SETTINGS),
        Link("/admin/pruefpfad", N_("Prüfpfad"), Permission.AUDIT),
        Link("/admin/datenschutz", N_("Datenschutz"), Permission.SETTINGS),
        Link("/admin/benachrichtigungen", N_("Benachrichtigungen"), Permission.READ),
    ],
)
PLATFORM = Group(N_("Betrieb"), [Link("/admin/mandanten", N_("Mandanten"), Permission.TENANTS)])

MENU = (WORK, BANK, BOOKS, SETTINGS, PLATFORM)


def menu_of(person: Person | None) -> list[Group]:
    """What this person may open; empty groups are left out."""
    if person is None or person.owes_second_factor:
        return []
    allowed = person.permissions
    shown = [
        Group(
            group.name,
            [
                link
                for link in group.links
                if link.needs in allowed and (person.tenant is not None or link.needs is Permission.TENANTS)
            ],
        )
        for group in MENU
    ]
    return [group for group in shown if group.links]
