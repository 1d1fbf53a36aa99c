"""What each kind of task asks, what helps to answer it, and what each answer does and needs."""

from typing import NamedTuple

from api.pages.frame.languages import N_


class TaskWords(NamedTuple):
    title: str
    advice: str


_CONNECTION = N_(
    "Bitte prüfen Sie die Verbindung auf der Seite der Buchhaltung. Erledigt ist sie, wenn sie wieder steht."
)

KINDS: dict[str, TaskWords] = {
    "outcome_unknown": TaskWords(
        N_("Gutschrift: Ergebnis unklar"),
        N_(
            "Bitte suchen Sie in der Buchhaltung nach der Nummer der Auszahlung. Gibt es die "
            "Gutschrift, nennen Sie ihre Id."
        ),
    ),
    "invoice_outcome_unknown": TaskWords(
        N_("Rechnung: Ergebnis unklar"),
        N_("Bitte suchen Sie in der Buchhaltung nach der Rechnung. Gibt es sie, nennen Sie ihre Id."),
    ),
    "credit_note_refused": TaskWords(
        N_("Die Buchhaltung lehnt die Gutschrift ab"),
        N_("Bitte beheben Sie, was die Buchhaltung bemängelt, und versuchen Sie es erneut; oder stornieren Sie."),
    ),
    "invoice_refused": TaskWords(
        N_("Die Buchhaltung lehnt die Rechnung ab"),
        N_("Bitte schreiben Sie die Rechnung mit anderen Angaben oder von Hand."),
    ),
    "payout_blocked": TaskWords(
        N_("Auszahlung gesperrt"), N_("Bitte beheben Sie den genannten Grund, und versuchen Sie es dann erneut.")
    ),
    "own_document_blocked": TaskWords(
        N_("Beleg kann nicht ausgestellt werden"),
        N_("Bitte beheben Sie den genannten Grund, und versuchen Sie es dann erneut. Es wurde keine Nummer vergeben."),
    ),
    "own_document_undo": TaskWords(
        N_("Storniert, aber in der Buchhaltung gebucht"),
        N_("Bitte löschen Sie den Eingangsbeleg in der Buchhaltung. Zugestellt wird der Beleg nicht."),
    ),
    "voucher_refused": TaskWords(
        N_("Die Buchhaltung lehnt den Eingangsbeleg ab"),
        N_("Bitte beheben Sie den genannten Grund, und versuchen Sie es dann erneut."),
    ),
    "voucher_number_taken": TaskWords(
        N_("Unter unserer Nummer steht ein anderer Beleg"),
        N_(
            "Bitte geben Sie dem anderen Beleg in der Buchhaltung eine andere Nummer, und versuchen Sie es dann erneut."
        ),
    ),
    "voucher_differs": TaskWords(
        N_("Eingangsbeleg weicht vom Beleg ab"),
        N_(
            "Bitte gleichen Sie den Eingangsbeleg in der Buchhaltung an die Gutschrift an, und "
            "versuchen Sie es dann erneut."
        ),
    ),
    "voucher_gone": TaskWords(
        N_("Eingangsbeleg storniert oder gelöscht"),
        N_("Die Gutschrift besteht weiter. Bitte lassen Sie sie neu buchen, oder nehmen Sie sie zurück."),
    ),
    "voucher_unchecked": TaskWords(
        N_("Eingangsbeleg ungeprüft oder im Einzug"), N_("Bitte sehen Sie den Beleg in der Buchhaltung an.")
    ),
    "category_vanished": TaskWords(
        N_("Buchungskategorie fehlt"), N_("Bitte wählen Sie unter „Buchung der Belege“ eine andere Kategorie.")
    ),
    "returned": TaskWords(
        N_("Rückläufer: Wurde Geld überwiesen?"),
        N_("Bitte sehen Sie auf dem Kontoauszug nach. „Storniert“ heißt: Der Partner bekommt die Provisionen noch."),
    ),
    "document_deviates": TaskWords(
        N_("Beleg weicht von der Freigabe ab"),
        N_("Bitte gleichen Sie den Beleg in der Buchhaltung an die Freigabe an; vorher gilt er nicht als bezahlt."),
    ),
    "document_reopened": TaskWords(
        N_("Gutschrift ist wieder ein Entwurf"), N_("Bitte schließen Sie die Gutschrift in der Buchhaltung wieder ab.")
    ),
    "settled_by_related": TaskWords(
        N_("Gutschrift wurde verrechnet"),
        N_("Sie wurde nicht überwiesen, sondern mit einem Beleg verrechnet. Bitte klären Sie, ob das gewollt war."),
    ),
    "unexpected_document": TaskWords(
        N_("Beleg passt nicht zur Auszahlung"), N_("Bitte sehen Sie sich Beleg und Auszahlung an, bevor gezahlt wird.")
    ),
    "document_too_many": TaskWords(
        N_("Ein Beleg zu viel"), N_("Bitte stornieren Sie den genannten Beleg in der Buchhaltung.")
    ),
    "signal_refused": TaskWords(
        N_("Freigabe ohne Nachweis"),
        N_("Jemand hat der Auszahlung ein Signal ohne Entscheidung geschickt. Es blieb ohne Wirkung."),
    ),
    "payout_run_refused": TaskWords(
        N_("Auszahlungslauf abgewiesen"),
        N_(
            "Wollten Sie auszahlen, beginnen Sie den Lauf unter Auszahlungsläufe. Wollte es niemand, lassen Sie "
            "klären, wer die Workflow-Engine erreicht."
        ),
    ),
    "hands_of_all_approvers": TaskWords(
        N_("Alle Freigebenden waren beteiligt"),
        N_(
            "Bitte bestätigen Sie auf der Seite der Auszahlung eine Änderung, die jemand anderes gemacht hat; oder "
            "lassen Sie Ihre bestätigen. Wer dann nicht mehr beteiligt ist, gibt frei."
        ),
    ),
    "own_document_undelivered": TaskWords(
        N_("Beleg nicht zugestellt"),
        N_(
            "Bitte berichtigen Sie die Mailadresse des Partners und senden Sie erneut; oder übergeben Sie den Beleg "
            "auf anderem Weg. Bis dahin nimmt kein Zahlungslauf die Auszahlung auf."
        ),
    ),
    "own_document_late": TaskWords(
        N_("Beleg zu spät zugestellt"),
        N_("Bitte sehen Sie zu, dass die Vorsteuer im genannten Monat gebucht wird, nicht im Monat des Belegs."),
    ),
    "payout_objected": TaskWords(
        N_("Widerspruch eines Partners"),
        N_("Bitte klären Sie den Widerspruch. Ihre Antwort steht danach auf der Seite des Partners."),
    ),
    "own_reversal_asked": TaskWords(
        N_("Storno eines Belegs bestätigen"),
        N_(
            "Wer ihn verlangt hat, kann ihn nicht selbst bestätigen. Danach wird er ausgestellt, gebucht und "
            "zugestellt."
        ),
    ),
    "claim_write_off_asked": TaskWords(
        N_("Ausbuchen einer Forderung bestätigen"),
        N_("Wer es verlangt hat, kann es nicht selbst bestätigen. Danach wird der Rest nicht mehr gefordert."),
    ),
    "own_reversal_outcome_unknown": TaskWords(
        N_("Ist der Storno in der Buchhaltung gebucht?"),
        N_("Bitte sehen Sie in der Buchhaltung nach. Ist er dort, nennen Sie ihn; sonst wird er noch einmal gebucht."),
    ),
    "own_reversal_blocked": TaskWords(
        N_("Storno kommt nicht weiter"), N_("Bitte beheben Sie den Grund; danach wird es noch einmal versucht.")
    ),
    "payout_question": TaskWords(
        N_("Frage eines Partners"),
        N_("Bitte beantworten Sie sie. Ihre Antwort steht danach auf der Seite des Partners."),
    ),
    "manual_line": TaskWords(
        N_("Zeile von Hand bestätigen"), N_("Wer sie geschrieben hat, kann sie nicht selbst bestätigen.")
    ),
    "own_purchase": TaskWords(
        N_("Eigenkauf?"), N_("Ist es kein Eigenkauf, lassen Sie den Verkauf weiterlaufen; sonst bleibt er angehalten.")
    ),
    "sale_told_twice": TaskWords(
        N_("Zweimal gemeldet?"),
        N_("Ist es derselbe Kauf, wählen Sie den Verkauf, der schon da war; sonst lassen Sie diesen weiterlaufen."),
    ),
    "refund_told_twice": TaskWords(
        N_("Zwei Erstattungen oder eine?"),
        N_("Ging zweimal Geld zurück, zählen beide. War es dasselbe Geld, ist nichts zu tun."),
    ),
    "unknown_partner_code": TaskWords(
        N_("Unbekannter Partnercode"), N_("Bitte nennen Sie den richtigen Partner, oder legen Sie ihn zuerst an.")
    ),
    "two_partner_codes": TaskWords(
        N_("Zwei Partner genannt"), N_("Bitte nennen Sie den, der diesen Verkauf gebracht hat.")
    ),
    "unknown_campaign": TaskWords(
        N_("Unbekannte Kampagne"), N_("Bitte legen Sie die Kampagne an, und verarbeiten Sie das Ereignis erneut.")
    ),
    "foreign_currency": TaskWords(
        N_("Zahlung in anderer Währung"),
        N_("Bitte nennen Sie den Kurs, zu dem sie in Euro gebucht wird, mit Tag und Quelle (etwa EZB)."),
    ),
    "customer_of_several_partners": TaskWords(
        N_("Wessen Kunde ist es?"), N_("Bitte nennen Sie den Partner, der diese Zahlung gebracht hat.")
    ),
    "payment_with_two_invoices": TaskWords(
        N_("Eine Zahlung, zwei Rechnungen"),
        N_("Beide Verkäufe sind dieselbe Zahlung. Bitte stornieren Sie in der Buchhaltung die falsche von beiden."),
    ),
    "sale_amount_differs": TaskWords(
        N_("Ein Verkauf, zwei Beträge"),
        N_("Es bleibt beim ersten. Stimmt er nicht, erstatten Sie den Verkauf und melden Sie ihn neu."),
    ),
    "refund_of_unknown_sale": TaskWords(
        N_("Erstattet, aber nie gemeldet"),
        N_("Wird der Verkauf noch gemeldet, wird er gleich erstattet. Sonst ist nichts zu tun."),
    ),
    "partner_differs": TaskWords(
        N_("Ein anderer Partner wird genannt"),
        N_("Es bleibt beim ersten. Auf der Seite des Verkaufs können Sie ihn ändern."),
    ),
    "invoice_names_other_partner": TaskWords(
        N_("Die Rechnung nennt einen anderen Partner"),
        N_("Es bleibt beim ersten. Auf der Seite des Verkaufs können Sie ihn ändern."),
    ),
    "invoice_without_reference": TaskWords(
        N_("Zu welchem Verkauf gehört die Rechnung?"),
        N_("Wählen Sie den Verkauf, oder buchen Sie die Rechnung als eigenen."),
    ),
    "order_reference_ambiguous": TaskWords(
        N_("Zu welchem Verkauf gehört die Rechnung?"), N_("Ihre Bestellnummern gehören zu verschiedenen Verkäufen.")
    ),
    "order_reference_taken": TaskWords(
        N_("Zwei Rechnungen zu einer Bestellung"), N_("Bitte stornieren Sie in der Buchhaltung die falsche von beiden.")
    ),
    "replaces_voided": TaskWords(
        N_("Ersetzt diese Rechnung die stornierte?"),
        N_("Wählen Sie den Verkauf, oder buchen Sie die Rechnung als eigenen."),
    ),
    "unpaid_after_payout": TaskWords(
        N_("Rechnung nicht mehr bezahlt"), N_("Die Provision ist schon abgerechnet. Bitte klären Sie die Zahlung.")
    ),
    "partner_owes_too_long": TaskWords(
        N_("Rückforderung lange offen"),
        N_(
            "Der Partner hat lange nichts verdient, womit sie sich verrechnen ließe. Bitte fordern Sie das Geld zurück"
            ", oder gleichen Sie den Betrag mit einer Zeile von Hand aus."
        ),
    ),
    "documents_of_another_tax_case": TaskWords(
        N_("Ausgestellte Belege passen nicht zum Steuerstatus"),
        N_(
            "Die genannten Belege zeigen einen anderen Steuerfall als den, der nun gilt. Zu Unrecht ausgewiesene "
            "Umsatzsteuer wird geschuldet, bis der Beleg berichtigt ist (§ 14c UStG): Bitte berichtigen Sie die "
            "Angabe, oder stornieren Sie die Belege in der Buchhaltung und klären Sie es mit Ihrer Steuerberatung."
        ),
    ),
    "partner_without_document": TaskWords(
        N_("Für den Partner ist kein Beleg möglich"),
        N_(
            "Bitte ergänzen Sie die Angaben des Partners. Die Aufgabe schließt sich, sobald ein Beleg möglich ist; "
            "bis dahin wird ihm nichts ausgezahlt."
        ),
    ),
    "vat_id_unproven": TaskWords(
        N_("USt-IdNr. nicht nachgewiesen"),
        N_(
            "Bitte klären Sie die Nummer mit dem Partner und halten Sie die richtige als neuen Steuerstatus fest. "
            "Fehlt Ihre eigene USt-IdNr., tragen Sie sie unter Firmenangaben ein und prüfen Sie erneut."
        ),
    ),
    "tax_number_not_true": TaskWords(
        N_("Steuernummer oder USt-IdNr. stimmt nicht"),
        N_(
            "So würde die Nummer heute nicht mehr angenommen. Bitte halten Sie die richtige als neuen Steuerstatus "
            "fest; bis dahin bleibt sie, wie sie ist."
        ),
    ),
    "private_status_unconfirmed": TaskWords(
        N_("Ist der Partner noch Privatperson?"),
        N_(
            "Bitte fragen Sie nach, und halten Sie auf der Seite des Partners den Steuerstatus mit dem Tag der "
            "Erklärung neu fest."
        ),
    ),
    "small_business_next_year": TaskWords(
        N_("Kleinunternehmer für das nächste Jahr bestätigen"),
        N_(
            "Ohne Bestätigung gibt es ab Januar keinen Beleg. "
            "Bitte fragen Sie nach, und halten Sie den Status neu fest."
        ),
    ),
    "turnover_unanswered": TaskWords(
        N_("Lag Ihr Umsatz über 800.000 €?"),
        N_("Bitte antworten Sie unter Einstellungen, „Belege“. Die Aufgabe schließt sich mit der Antwort."),
    ),
    "document_not_applied": TaskWords(
        N_("Ein Beleg ließ sich nicht übernehmen"),
        N_(
            "Was die Buchhaltung zeigt, weicht von unseren Büchern ab. Bitte sehen Sie sich den Beleg in der "
            "Buchhaltung an, und verarbeiten Sie das Ereignis danach erneut."
        ),
    ),
    "list_and_document_differ": TaskWords(
        N_("Liste und Beleg in der Buchhaltung weichen ab"),
        N_(
            "Mehrere Abgleiche haben den Unterschied nicht behoben. Bitte sehen Sie sich den Beleg "
            "in der Buchhaltung an."
        ),
    ),
    "document_of_other_organization": TaskWords(
        N_("Ein Beleg einer anderen Organisation"),
        N_(
            "Gebucht wird nichts. Bitte prüfen Sie, ob die Verbindung zur richtigen Firma in der Buchhaltung führt, "
            "und verarbeiten Sie das Ereignis danach erneut."
        ),
    ),
    "payment_unclear": TaskWords(
        N_("Zahlung unklar"), N_("Bitte sehen Sie sich die Zahlungen des Belegs in der Buchhaltung an.")
    ),
    "import_to_confirm": TaskWords(
        N_("Aus einer Datei übernommen: bitte bestätigen"),
        N_("Bitte sehen Sie unter „Übernahme“ an, was die Datei brachte. Erledigt ist es, wenn Sie dort bestätigen."),
    ),
    "iban_on_two_partners": TaskWords(
        N_("Eine IBAN, zwei Partner"), N_("Bitte prüfen Sie die Bankverbindung, bevor sie bestätigt wird.")
    ),
    "bank_rejected": TaskWords(
        N_("Die Bank hat abgelehnt"),
        N_(
            "Frei wird dadurch nichts. Eine zweite Person bestätigt im Zahlungslauf, was die Bank abgelehnt hat; "
            "danach nimmt der nächste Zahlungslauf es auf."
        ),
    ),
    "names_checked": TaskWords(
        N_("Empfängerprüfung: Namen passen nicht"),
        N_(
            "Bitte vergleichen Sie bei Ihrer Bank Name und Konto, bevor Sie die Datei freigeben. Eine Änderung der "
            "Bankverbindung macht die Freigabe der Auszahlung hinfällig."
        ),
    ),
    "bank_booking_unclear": TaskWords(
        N_("Ein Umsatz ist nicht zugeordnet"),
        N_(
            "Bitte sehen Sie den Umsatz im Kontoauszug an, und ordnen Sie ihn einer Auszahlung zu oder legen Sie ihn "
            "mit Begründung weg. Nennt er eine Auszahlung, enthält bis dahin keine Datei für die Bank diese."
        ),
    ),
    "transfer_again_asked": TaskWords(
        N_("Erneut überweisen?"),
        N_(
            "Bitte vergleichen Sie das Konto. Wer die Überweisung verlangt, das Konto erfasst, den Kontoauszug "
            "eingelesen oder die Rückbuchung zugeordnet hat, bestätigt sie nicht selbst. Danach nimmt der nächste "
            "Zahlungslauf sie auf."
        ),
    ),
    "paid_too_much": TaskWords(
        N_("Zu viel überwiesen"),
        N_("Bitte sehen Sie die Umsätze der Auszahlung an, und fordern Sie zurück, was zu viel ist."),
    ),
    "claim_settled_twice": TaskWords(
        N_("Überschuss zweimal zurückgekommen"),
        N_(
            "Bitte sehen Sie die Forderung und die Umsätze der Auszahlung an, und geben Sie dem Partner, was ihm "
            "fehlt: mit einer Korrektur in seiner nächsten Abrechnung oder als Überweisung von Hand."
        ),
    ),
    "statement_missing": TaskWords(
        N_("Ein Kontoauszug fehlt"),
        N_(
            "Bitte laden Sie ihn bei Ihrer Bank herunter und lesen Sie ihn ein. Bis dahin kann eine Überweisung oder "
            "eine Rückbuchung fehlen, die darin steht."
        ),
    ),
    "connection_broken": TaskWords(N_("Verbindung unterbrochen"), _CONNECTION),
    "access_refused": TaskWords(N_("Zugriff verweigert"), _CONNECTION),
    "subscriptions_failing": TaskWords(N_("Meldungen kommen nicht an"), _CONNECTION),
    "statements_not_sent": TaskWords(
        N_("Abrechnungen nicht verschickt"),
        N_(
            "Handelsvertreter bekommen mindestens alle drei Monate eine Abrechnung. Bitte tragen Sie die Mailadressen "
            "nach oder geben Sie die Abrechnung auf anderem Weg."
        ),
    ),
    "sweep_incomplete": TaskWords(N_("Abgleich unvollständig"), _CONNECTION),
    "oauth_grant_ended": TaskWords(N_("OAuth-Verbindung beendet"), _CONNECTION),
    "documents_of_the_year": TaskWords(
        N_("Die Belege des Jahres gehen zur Neige"),
        N_("Bitte sprechen Sie mit lexoffice, bevor es keine weiteren annimmt. Die Übersicht zählt sie."),
    ),
}
OTHER = TaskWords(N_("Aufgabe"), N_("Bitte sehen Sie sich die Einzelheiten an."))
_KEY_ENDS = TaskWords(
    N_("Der API-Schlüssel endet bald"), N_("Bitte hinterlegen Sie auf der Seite von lexoffice einen neuen.")
)


def of_kind(kind: str) -> TaskWords:
    """A kind that has no words yet is still shown, with its own reason."""
    if kind.startswith("api_key_ends_in_"):
        return _KEY_ENDS
    return KINDS.get(kind, OTHER)
