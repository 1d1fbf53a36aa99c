"""How the answers to tasks are called, and what they ask for."""

from typing import NamedTuple

from api.pages.frame.languages import N_


class ActionWords(NamedTuple):
    button: str
    effect: str
    needs: tuple[str, ...] = ()
    """resource_id, transaction_id, partner_code, paid_on or payment_reference."""
    reason: bool = False
    """Whether it must be given."""


ACTIONS: dict[str, ActionWords] = {
    "adopt": ActionWords(N_("Diesen Beleg übernehmen"), N_("Er wird geprüft, bevor er gilt."), needs=("resource_id",)),
    "create_again": ActionWords(
        N_("Erneut anlegen"), N_("Nur, wenn es den Beleg sicher nicht gibt: Sonst entsteht er doppelt."), reason=True
    ),
    "cancel": ActionWords(N_("Stornieren"), N_("Es wird kein Beleg mehr angelegt."), reason=True),
    "retry": ActionWords(N_("Erneut versuchen"), N_("Mit demselben Inhalt.")),
    "not_issued": ActionWords(
        N_("Nicht ausgeben"),
        N_("Die Nummer bleibt als „nicht ausgegeben“ stehen, und die Auszahlung wartet wieder auf Freigabe."),
        reason=True,
    ),
    "book_on": ActionWords(
        N_("An diesem Tag buchen"),
        N_("Der Tag der Gutschrift bleibt; nur der Eingangsbeleg bekommt einen anderen."),
        needs=("booked_on",),
    ),
    "book_again": ActionWords(
        N_("Neu buchen"), N_("Dieselbe Gutschrift bekommt einen neuen Eingangsbeleg."), needs=("booked_on",)
    ),
    "reverse": ActionWords(
        N_("Stornieren lassen"), N_("Die Gutschrift wird durch ein Storno zurückgenommen."), reason=True
    ),
    "reversed": ActionWords(
        N_("Storno und neue Gutschrift"),
        N_("Der Storno mit dem Anlass Widerspruch ist auf der Seite der Auszahlung verlangt."),
        reason=True,
    ),
    "own_invoice": ActionWords(
        N_("Eigene Rechnung des Partners"),
        N_("Sie tritt an die Stelle der Gutschrift; einen Storno gibt es dann nicht mehr."),
        needs=("invoice_number", "objection_day"),
        reason=True,
    ),
    "withdrawn": ActionWords(
        N_("Schriftlich zurückgenommen"),
        N_("Die Gutschrift lebt nicht wieder auf: Storno und neuer Beleg folgen trotzdem."),
        needs=("objection_day",),
        reason=True,
    ),
    "transfer_again": ActionWords(
        N_("Erneut überweisen"),
        N_("Das Geld kam zurück. Nach einer zweiten Person geht es auf demselben Beleg an das Konto, das jetzt gilt."),
        reason=True,
    ),
    "paid": ActionWords(
        N_("Ausgezahlt"),
        N_(
            "Das Geld ist beim Partner. Ist die Gutschrift in der Buchhaltung aufgehoben, brauchen "
            "Ihre Bücher eine neue."
        ),
        needs=("paid_on", "payment_reference"),
        reason=True,
    ),
    "cancelled": ActionWords(
        N_("Storniert"),
        N_("Das Geld kam zurück; der Partner bekommt die Provisionen in einer neuen Auszahlung."),
        reason=True,
    ),
    "settled_manually": ActionWords(
        N_("Von Hand erledigt"), N_("Außerhalb von PartnerDesk abgerechnet; nichts wird neu fällig."), reason=True
    ),
    "release": ActionWords(N_("Weiterlaufen lassen"), N_("Die Provisionen werden wieder fällig."), reason=True),
    "same_sale": ActionWords(
        N_("Derselbe Kauf"),
        N_("Beide werden ein Verkauf; Provision gibt es einmal."),
        needs=("transaction_id",),
    ),
    "both_count": ActionWords(N_("Beide zählen"), N_("Es ging zweimal Geld zurück; die Provisionen folgen dem.")),
    "keep_held": ActionWords(N_("Angehalten lassen"), N_("Die Provisionen bleiben angehalten.")),
    "assign_partner": ActionWords(
        N_("Diesem Partner geben"), N_("Die Provisionen werden berechnet."), needs=("partner_code",)
    ),
    "convert": ActionWords(
        N_("Zu diesem Kurs buchen"),
        N_("Die Basis wird in Euro gebucht; der ursprüngliche Betrag bleibt beim Verkauf stehen."),
        needs=("rate", "rate_day", "rate_source"),
    ),
    "book_without_partner": ActionWords(
        N_("Ohne Partner buchen"), N_("Niemand hat diesen Verkauf gebracht; niemand bekommt Provisionen.")
    ),
    "assign": ActionWords(
        N_("Diesem Verkauf zuordnen"), N_("Die Rechnung wird diesem Verkauf gebucht."), needs=("transaction_id",)
    ),
    "take_as_shown": ActionWords(
        N_("Stand aus der Buchhaltung übernehmen"),
        N_("Was die Buchhaltung jetzt zeigt, gilt als das Neueste, auch wenn Version oder Datum älter sind."),
        reason=True,
    ),
    "book_new": ActionWords(N_("Als eigenen Verkauf buchen"), N_("Die Rechnung wird ein neuer Verkauf.")),
    "send_again": ActionWords(
        N_("Erneut senden"), N_("Die Mail mit dem Beleg geht an die Adresse, die jetzt hinterlegt ist."), reason=True
    ),
    "handed_over": ActionWords(
        N_("Anders übergeben"),
        N_("Der Partner hat den Beleg; er gilt von nun an als zugestellt. Nennen Sie Weg und Tag im Grund."),
        reason=True,
    ),
    "confirm": ActionWords(N_("Bestätigen"), N_("Was verlangt ist, gilt von nun an.")),
    "refuse": ActionWords(N_("Ablehnen"), N_("Es gilt nicht."), reason=True),
    "acknowledge": ActionWords(N_("Zur Kenntnis nehmen"), N_("Danach kann die Bankverbindung bestätigt werden.")),
    "obsolete": ActionWords(N_("Hat sich erledigt"), ""),
    "done": ActionWords(N_("Erledigt"), N_("Die Aufgabe ist damit geschlossen.")),
}
FIELDS = {
    "resource_id": N_("Id oder Nummer des Belegs in der Buchhaltung (steht in der Adresse seiner Seite)"),
    "transaction_id": N_("Verkauf"),
    "partner_code": N_("Code des Partners"),
    "paid_on": N_("Tag, an dem das Geld beim Partner war"),
    "payment_reference": N_("Zahlungsreferenz (freiwillig)"),
    "booked_on": N_("Buchungstag, wenn der Zeitraum abgeschlossen ist (freiwillig)"),
    "invoice_number": N_("Nummer der Rechnung des Partners"),
    "objection_day": N_("Tag der Rechnung oder der Rücknahme"),
    "rate": N_("Kurs: so viel von der Währung war ein Euro"),
    "rate_day": N_("Tag des Kurses"),
    "rate_source": N_("Quelle des Kurses"),
}


def of_action(action: str) -> ActionWords:
    return ACTIONS.get(action, ActionWords(action, ""))
