"""What the audit trail says, in words: actions, kinds of object, and what changed."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.http.language import in_words
from api.pages.frame import languages
from api.pages.frame.languages import N_, _
from api.pages.frame.words import STATES, of_state
from ledger.reasons import Reason

ACTIONS = {
    "api_key.created": N_("API-Schlüssel angelegt"),
    "api_key.revoked": N_("API-Schlüssel widerrufen"),
    "audit.personal_data_erased": N_("Personenbezogene Angaben gelöscht"),
    "bank_run.approved": N_("Zahlungslauf freigegeben"),
    "bank_run.cancel_requested": N_("Stornierung eines Zahlungslaufs beantragt"),
    "bank_run.cancel_withdrawn": N_("Stornierung eines Zahlungslaufs zurückgezogen"),
    "bank_run.cancelled": N_("Zahlungslauf storniert"),
    "bank_run.confirmed": N_("Ausführung durch die Bank bestätigt"),
    "bank_run.created": N_("Zahlungslauf entworfen"),
    "bank_run.rescheduled": N_("Ausführungstag geändert"),
    "bank_run.downloaded": N_("Bankdatei abgerufen"),
    "bank_run.exported": N_("Bankdatei erstellt"),
    "bank_run.payment_dropped": N_("Zahlung aus einem Zahlungslauf entfernt"),
    "campaign.changed": N_("Kampagne geändert"),
    "campaign.created": N_("Kampagne angelegt"),
    "campaign.made_default": N_("Kampagne zum Standard gemacht"),
    "connection.changed": N_("Einstellung der Verbindung geändert"),
    "connection.credential_chosen": N_("Zugang gewechselt"),
    "connection.key_removed": N_("API-Schlüssel der Buchhaltung entfernt"),
    "connection.key_saved": N_("API-Schlüssel der Buchhaltung hinterlegt"),
    "connection.oauth_connected": N_("Mit OAuth verbunden"),
    "connection.oauth_removed": N_("OAuth-Verbindung getrennt"),
    "connection.secret_removed": N_("Signaturgeheimnis entfernt"),
    "connection.secret_saved": N_("Signaturgeheimnis hinterlegt"),
    "connection.source_changed": N_("Quelle von Verkäufen geändert"),
    "connection.tax_profile_changed": N_("Steuerliches Profil in der Buchhaltung geändert"),
    "customer.assigned": N_("Kunde zugeordnet"),
    "customer.created": N_("Kunde angelegt"),
    "customer.erased": N_("Daten eines Kunden gelöscht"),
    "event.replayed": N_("Ereignis erneut verarbeitet"),
    "hand.confirmed": N_("Änderung als zweite Person bestätigt"),
    "introduction.assigned": N_("Herkunft eines Kunden benannt"),
    "invoice.assign": N_("Rechnung einem Verkauf zugeordnet"),
    "invoice.assign_partner": N_("Partner einer Rechnung benannt"),
    "invoice.book_new": N_("Rechnung als eigenen Verkauf gebucht"),
    "invoice.book_without_partner": N_("Rechnung ohne Partner gebucht"),
    "invoice.intended": N_("Rechnung beauftragt"),
    "manual_line.confirmed": N_("Zeile von Hand bestätigt"),
    "import.taken_over": N_("Datei übernommen"),
    "import.discarded": N_("Datei verworfen"),
    "import.bank_details_confirmed": N_("Bankverbindungen einer Datei bestätigt"),
    "import.balances_confirmed": N_("Anfangsbestände einer Datei bestätigt"),
    "import.balances_refused": N_("Anfangsbestände einer Datei abgelehnt"),
    "customer.corrected": N_("Kunde berichtigt"),
    "partners.bank_details_exported": N_("Alle Bankverbindungen heruntergeladen"),
    "partner.opening_balance_written": N_("Anfangsbestand geschrieben"),
    "manual_line.refused": N_("Zeile von Hand abgelehnt"),
    "member.added": N_("Person aufgenommen"),
    "member.disabled": N_("Person gesperrt"),
    "member.enabled": N_("Person entsperrt"),
    "member.link_made": N_("Link für einen neuen Zugang gemacht"),
    "member.logged_out": N_("Person überall abgemeldet"),
    "member.role_changed": N_("Rolle geändert"),
    "month.closed": N_("Monat abgeschlossen"),
    "notifications.switched": N_("Benachrichtigungen geändert"),
    "statement.taken_in": N_("Kontoauszug eingelesen"),
    "own_account.recorded": N_("Eigenes Konto festgehalten"),
    "own_account.confirmed": N_("Eigenes Konto bestätigt"),
    "own_account.refused": N_("Eigenes Konto abgelehnt"),
    "own_account.retired": N_("Eigenes Konto stillgelegt"),
    "partner.erased": N_("Daten eines Partners gelöscht"),
    "partner.agreement_accepted": N_("Vereinbarung angenommen"),
    "partner.bank_details_confirmed": N_("Bankverbindung bestätigt"),
    "partner.bank_details_refused": N_("Bankverbindung abgelehnt"),
    "posting_category.chosen": N_("Buchungskategorie gewählt"),
    "thirteen_b.confirmed": N_("Voranmeldung nach § 13b bestätigt"),
    "thirteen_b.withdrawn": N_("Bestätigung nach § 13b zurückgenommen"),
    "own_document.closed": N_("Beleg als nicht ausgegeben geschlossen"),
    "own_document.bounced": N_("Mail mit eigenem Beleg kam zurück"),
    "own_document.handed_over": N_("Eigener Beleg anders übergeben"),
    "own_document.issued": N_("Eigener Beleg ausgestellt"),
    "own_document.opened": N_("Eigener Beleg vom Partner geöffnet"),
    "own_document.sent_again": N_("Eigener Beleg erneut gesendet"),
    "payout.asked_about": N_("Frage des Partners zur Auszahlung"),
    "payout.objection_ended": N_("Widerspruch beendet"),
    "payout.set_off_put_on": N_("Forderung mit der Auszahlung verrechnet"),
    "payout.set_off_taken_off": N_("Verrechnung mit der Auszahlung zurückgenommen"),
    "claim.paid_back": N_("Forderung als bezahlt vermerkt"),
    "claim.raised": N_("Forderung entstanden"),
    "claim.write_off_asked": N_("Ausbuchen einer Forderung verlangt"),
    "claim.write_off_refused": N_("Ausbuchen einer Forderung abgelehnt"),
    "claim.written_off": N_("Forderung ausgebucht"),
    "own_document.reversal_asked": N_("Storno oder Korrektur eines Belegs verlangt"),
    "own_document.reversal_confirmed": N_("Storno oder Korrektur entschieden"),
    "own_document.reversal_refused": N_("Storno oder Korrektur abgelehnt"),
    "own_document.reversal_withdrawn": N_("Storno oder Korrektur zurückgenommen"),
    "own_documents.circle_changed": N_("Nummernkreis eigener Belege geändert"),
    "partner.bank_details_saved": N_("Bankverbindung eingetragen"),
    "partner.bonus_written": N_("Bonus geschrieben"),
    "partner.changed": N_("Partner geändert"),
    "partner.correction_written": N_("Korrektur geschrieben"),
    "partner.created": N_("Partner angelegt"),
    "partner.link_made": N_("Persönlichen Link erstellt"),
    "partner.link_opened": N_("Persönlichen Link geöffnet"),
    "partner.link_left": N_("Eigene Seite verlassen"),
    "partner.link_revoked": N_("Persönlichen Link widerrufen"),
    "partner.payouts_resumed": N_("Auszahlungen fortgesetzt"),
    "partner.final_settlement_begun": N_("Schlussabrechnung begonnen"),
    "partner.final_settlement_taken_back": N_("Schlussabrechnung zurückgenommen"),
    "partner.payouts_stopped": N_("Auszahlungen angehalten"),
    "partner.seat_decided": N_("Ort der Leistung entschieden"),
    "partner.tax_status_recorded": N_("Steuerstatus eingetragen"),
    "partner.vat_check_wanted": N_("Abfrage bei VIES verlangt"),
    "partner.vat_proof_recorded": N_("Nachweis von VIES von Hand eingetragen"),
    "payout.approve": N_("Auszahlung freigegeben"),
    "payout.approved_alone": N_("Auszahlung allein freigegeben"),
    "payout.cancel": N_("Auszahlung storniert"),
    "payout.document_sent_again": N_("Beleg erneut gesendet"),
    "payout.evidence_exported": N_("Belegmappe einer Auszahlung abgerufen"),
    "payout.note_written": N_("Notiz geschrieben"),
    "payout.objected": N_("Widerspruch des Partners"),
    "payout.put_back": N_("Auszahlung zurückgestellt"),
    "payout.reject": N_("Auszahlung abgelehnt"),
    "statement.entry_set_aside": N_("Umsatz beiseitegelegt"),
    "partner.payee_check_recorded": N_("Empfängerprüfung festgehalten"),
    "partner.payee_check_confirmed": N_("Konto trotz anderem Namen bestätigt"),
    "bank_run.name_check_noted": N_("Zahlungslauf mit oder ohne Empfängerprüfung"),
    "own_account.terms_noted": N_("Angaben der Bank zum Konto geändert"),
    "bank_run.rejection_confirmed": N_("Ablehnung der Bank bestätigt"),
    "bank_run.instant_chosen": N_("Zahlungslauf mit oder ohne Echtzeit"),
    "payout.transfer_again_asked": N_("Erneute Überweisung verlangt"),
    "payout.transfer_again_confirmed": N_("Erneute Überweisung bestätigt"),
    "payout.transfer_again_refused": N_("Erneute Überweisung abgelehnt"),
    "payout.transfer_again_withdrawn": N_("Erneute Überweisung zurückgenommen"),
    "statement.entry_taken_up": N_("Umsatz wieder aufgenommen"),
    "statement.downloaded": N_("Datei der Bank heruntergeladen"),
    "payout.bank_assigned": N_("Umsatz einer Auszahlung zugeordnet"),
    "payout.bank_debit": N_("Überweisung laut Bank"),
    "payout.bank_return": N_("Rückbuchung laut Bank"),
    "payout.bank_reversal": N_("Buchung von der Bank zurückgenommen"),
    "payout.voucher_assigned": N_("Gesagt, wer den Beleg in der Buchhaltung zuordnet"),
    "payout.voucher_assignment_withdrawn": N_("Zurückgenommen, wer den Beleg in der Buchhaltung zuordnet"),
    "payout.requested": N_("Auszahlung angefordert"),
    "payout.resolve": N_("Frage zu einer Auszahlung beantwortet"),
    "payout.signal_refused": N_("Signal ohne Entscheidung abgewiesen"),
    "payout.taken_up": N_("Auszahlung wieder aufgenommen"),
    "payout_run.begun": N_("Auszahlungslauf begonnen"),
    "payout_run.cancelled": N_("Auszahlungslauf abgebrochen"),
    "payout_run.refused": N_("Auszahlungslauf abgewiesen"),
    "payout_run.rehearsed": N_("Probelauf begonnen"),
    "person.logged_in": N_("Angemeldet"),
    "person.password_changed": N_("Passwort geändert"),
    "person.link_asked": N_("Link für ein neues Passwort verlangt"),
    "person.password_set_by_link": N_("Passwort über einen Link gesetzt"),
    "person.second_factor_enrolled": N_("Zweiten Faktor eingerichtet"),
    "plan.added": N_("Provisionsplan angelegt"),
    "recovery.checked": N_("Nach einer Wiederherstellung verglichen"),
    "task.resolved": N_("Aufgabe erledigt"),
    "retention.changed": N_("Aufbewahrung geändert"),
    "documents.credit_notes_confirmed": N_("Gutschriften aus der Buchhaltung ab 2028 begründet"),
    "documents.settings_changed": N_("Einstellung der Belege geändert"),
    "documents.strategy_changed": N_("Weg der Belege geändert"),
    "documents.tax_options_confirmed": N_("Umsatzsteuer in den Büchern je Steuerfall bestätigt"),
    "documents.turnover_answered": N_("Frage nach dem Umsatz beantwortet"),
    "tenant.changed": N_("Einstellung des Mandanten geändert"),
    "tenant.created": N_("Mandant angelegt"),
    "engine.payloads_read": N_("Verschlüsselte Schritte in Temporal gelesen"),
    "tenant.entered": N_("Mandant betreten"),
    "tenant.entered_by_platform": N_("Mandant vom Betreiber betreten"),
    "partner.past_sales_told": N_("Verkäufe von früher übernommen"),
    "transaction.partner_assigned": N_("Verkauf zugeordnet"),
    "transaction.partner_reassigned": N_("Verkauf anders zugeordnet"),
    "foreign_payment.converted": N_("Zahlung in anderer Währung umgerechnet"),
    "foreign_payment.dismissed": N_("Zahlung in anderer Währung nicht gebucht"),
    "transaction.recorded": N_("Verkauf gemeldet"),
    "transaction.refunded": N_("Verkauf erstattet"),
    "transaction.merged": N_("Verkäufe als einer erkannt"),
    "partner.coupon_added": N_("Gutscheincode vergeben"),
    "partner.coupon_ended": N_("Gutscheincode beendet"),
    "transaction.released": N_("Verkauf freigegeben"),
    "transaction.taken_for_one": N_("Zwei Meldungen als ein Verkauf"),
    "transaction.refunds_added": N_("Erstattungen zweier Quellen zusammengezählt"),
    "user.disabled": N_("Konto einer Person gesperrt"),
    "user.enabled": N_("Konto einer Person entsperrt"),
    "webhook_endpoint.added": N_("Webhook-Adresse angelegt"),
    "webhook_endpoint.changed": N_("Webhook-Adresse geändert"),
    "webhook_endpoint.event_replayed": N_("Webhook noch einmal zugestellt"),
    "webhook_endpoint.event_skipped": N_("Webhook aufgegeben"),
    "webhook_endpoint.gone": N_("Webhook-Adresse meldet, dass sie beendet ist"),
    "webhook_endpoint.pinged": N_("Webhook-Adresse ausprobiert"),
    "webhook_endpoint.range_replayed": N_("Webhooks eines Zeitraums noch einmal zugestellt"),
    "webhook_endpoint.removed": N_("Webhook-Adresse entfernt"),
    "webhook_endpoint.secret_rotated": N_("Geheimnis einer Webhook-Adresse ersetzt"),
    "webhook_endpoint.secret_shown": N_("Geheimnis einer Webhook-Adresse gezeigt"),
    "webhook_endpoint.switched_off": N_("Webhook-Adresse ausgeschaltet"),
    "webhook_endpoint.switched_on": N_("Webhook-Adresse eingeschaltet"),
    "webhook_token.created": N_("Webhook-Token angelegt"),
    "webhook_token.ended": N_("Webhook-Token beendet"),
}

SUBJECTS = {
    "api_key": N_("API-Schlüssel"),
    "audit": N_("Prüfpfad"),
    "bank_run": N_("Zahlungslauf"),
    "statement": N_("Kontoauszug"),
    "import": N_("Übernahme"),
    "own_document": N_("Eigener Beleg"),
    "posting_category": N_("Buchungskategorie"),
    "campaign": N_("Kampagne"),
    "commission": N_("Provision"),
    "connection": N_("Verbindung"),
    "customer": N_("Kunde"),
    "document": N_("Beleg"),
    "event": N_("Ereignis"),
    "introduction": N_("Herkunft eines Kunden"),
    "month": N_("Monat"),
    "own_account": N_("Eigenes Konto"),
    "partner": N_("Partner"),
    "payout": N_("Auszahlung"),
    "payout_run": N_("Auszahlungslauf"),
    "tenant": N_("Mandant"),
    "transaction": N_("Verkauf"),
    "user": N_("Person"),
    "webhook_endpoint": N_("Webhook-Adresse"),
    "webhook_token": N_("Webhook-Token"),
}

_FIELDS = {
    "account": N_("Konto"),
    "action": N_("Antwort"),
    "address": N_("Netzadresse"),
    "alone": N_("allein"),
    "as": N_("Im Namen von"),
    "bank_quarantine": N_("Sperrfrist"),
    "batch_booking": N_("Sammelbuchung"),
    "commission": N_("Provision"),
    "content_hash": N_("Prüfsumme des Inhalts"),
    "counted_cents": N_("Gezählter Betrag"),
    "cut_off": N_("Stichtag"),
    "decision": N_("Entscheidung"),
    "download": N_("Abruf"),
    "email": N_("E-Mail-Adresse"),
    "execution_date": N_("Ausführungstag"),
    "expires_at": N_("Endet"),
    "four_eyes_limit_cents": N_("Vier-Augen-Grenze"),
    "from": N_("Zustand davor"),
    "gross_cents": N_("Auszahlungsbetrag"),
    "kind": N_("Art"),
    "limit_cents": N_("Grenze"),
    "lines": N_("Zeilen"),
    "link": N_("Link"),
    "name": N_("Name"),
    "net_cents": N_("Netto"),
    "off": N_("Abgeschaltet"),
    "organization": N_("Organisation"),
    "partner": N_("Partner"),
    "partner_code": N_("Partner"),
    "payments": N_("Zahlungen"),
    "payout": N_("Auszahlung"),
    "payouts": N_("Auszahlungen"),
    "period": N_("Zeitraum"),
    "provider": N_("Anbieter"),
    "reason": N_("Grund"),
    "recorded_by": N_("Festgehalten von"),
    "role": N_("Rolle"),
    "scopes": N_("Rechte"),
    "second_factor_removed": N_("Zweiter Faktor entfernt"),
    "sha256": N_("Prüfsumme der Datei (SHA-256)"),
    "single_approver": N_("Nur eine Person gibt frei"),
    "sponsor_code": N_("Geworben von"),
    "status": N_("Status"),
    "task": N_("Aufgabe"),
    "tax_cents": N_("USt"),
    "total_cents": N_("Summe"),
    "usable_from": N_("Gilt ab"),
    "was": N_("Zustand davor"),
    "word": N_("Kennwort"),
}

DOORS = {
    "page": N_("Seite"),
    "api": N_("API"),
    "webhook": N_("Webhook"),
    "cli": N_("Befehl"),
    "engine": N_("Ablauf"),
}

_PAGES = {
    "bank_run": "/admin/zahlungslaeufe/{}",
    "event": "/admin/ereignisse/{}",
    "payout": "/admin/auszahlungen/{}",
    "payout_run": "/admin/auszahlungslaeufe/{}",
    "transaction": "/admin/transaktionen/{}",
}


class Line(NamedTuple):
    """One fact of an entry. `before` is None where nothing was there to change."""

    field: str
    before: str | None
    after: str


def action(word: str) -> str:
    """What was done; a decision by command says so."""
    plain = word.removesuffix(".by_command")
    said = _(ACTIONS[plain]) if plain in ACTIONS else plain
    return said if plain == word else _("%(what)s, per Befehl", what=said)


def subject(word: str) -> str:
    return _(SUBJECTS[word]) if word in SUBJECTS else word


def page_of(kind: str, id: str) -> str | None:
    return _PAGES[kind].format(id) if kind in _PAGES else None


def origin(words: str | None) -> tuple[str, str]:
    """The door in words, and the id of the request or workflow."""
    door, _sep, id = (words or "").partition(":")
    return (_(DOORS[door]), id) if door in DOORS else ("", words or "")


def lines(facts: Mapping[str, Any] | None) -> list[Line]:
    """What an entry says; pairs are what was before and what is now."""
    facts = dict(facts or {})
    changed: list[Line] = []
    if "before" in facts and "after" in facts:
        before, after = facts.pop("before"), facts.pop("after")
        if isinstance(before, dict) and isinstance(after, dict):
            changed = [
                Line(_field(name), _value(name, before.get(name)), _value(name, value))
                for name, value in after.items()
                if value != before.get(name)
            ]
        else:
            changed = [Line("", _value("", before), _value("", after))]
    return changed + [
        Line(_field(name), _value(name, value[0]), _value(name, value[1]))
        if isinstance(value, list) and len(value) == 2
        else Line(_field(name), None, _value(name, value))
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]


def _field(name: str) -> str:
    return _(_FIELDS[name]) if name in _FIELDS else name


def _value(name: str, value: Any) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("ja") if value else _("nein")
        case int() if name.endswith("_cents"):
            return languages.money(value)
        case str() if name == "from" and value in STATES["payout"]:
            return of_state("payout", value)
        case str():
            return value
        case {"code": str() as code, "params": dict() as params} if len(value) == 2:
            return in_words(Reason(code=code, params=params))
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
