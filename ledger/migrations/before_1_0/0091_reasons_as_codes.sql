-- Reasons are codes with parameters; doors write them as sentences (words/). Expand: beside each text stand its code and
-- its parameters now, and for one release both are kept the same, so that the release before goes on reading and
-- writing German while this one is rolled out (docs/upgrades.md says what the next one drops). Rows that are there are
-- translated by 0093, without the locks that are taken here.

SET LOCAL lock_timeout = '10s';

-- Every sentence that the code ever wrote into a row. `pattern` finds one that has places, `places` name what they hold.
CREATE TABLE sentences_before_codes (
    position    integer GENERATED ALWAYS AS IDENTITY,
    sentence    text PRIMARY KEY,
    code        text NOT NULL,
    pattern     text,
    places      text[],
    CHECK ((pattern IS NULL) = (places IS NULL))
);
GRANT SELECT ON sentences_before_codes TO partnerdesk_app;

INSERT INTO sentences_before_codes (sentence, code, pattern, places) VALUES
    ('Es ist kein API-Schlüssel hinterlegt.', 'no_api_key', NULL, NULL),
    ('Wartet auf eine Gutschrift, deren Id noch fehlt.', 'credit_note_id_awaited', NULL, NULL),
    ('lexoffice kennt diesen Beleg nicht.', 'document_not_in_lexoffice', NULL, NULL),
    ('Wartet auf den Abgleich: In dieser Stunde wurden schon viele hier unbekannte Belege abgerufen.', 'sweep_awaited', NULL, NULL),
    ('Der Abgleich hat diesen Beleg in lexoffice nicht gefunden.', 'not_listed', NULL, NULL),
    ('Der Abgleich zeigt nichts Neues.', 'nothing_new', NULL, NULL),
    ('Die Meldung kam von einer anderen lexoffice-Organisation.', 'of_other_organization', NULL, NULL),
    ('Buchhaltungsbelege (voucher.*) werden nicht ausgewertet; Rechnungen und Gutschriften melden eigene Ereignisse.', 'bookkeeping_voucher', NULL, NULL),
    ('Diese Art von Ereignis wird nicht ausgewertet.', 'event_type_not_handled', NULL, NULL),
    ('Kein gültiges Ereignis ({why}).', 'not_a_valid_event',
     '^Kein gültiges Ereignis \((.+)\)\.$', '{why:text}'),
    ('Die Zahlung steht noch aus; gebucht wird, wenn Stripe sie meldet.', 'stripe_payment_pending', NULL, NULL),
    ('Die Zahlung kam nicht zustande; gebucht war noch nichts.', 'stripe_payment_failed', NULL, NULL),
    ('Das Ereignis nennt keine Zahlung (payment_intent).', 'stripe_names_no_payment', NULL, NULL),
    ('Das Ereignis nennt keinen Betrag.', 'stripe_names_no_amount', NULL, NULL),
    ('Ein Testereignis von Stripe (livemode=false); gebucht wird es nur in Demo-Mandanten.', 'stripe_test_event', NULL, NULL),
    ('Das Ereignis widerspricht sich selbst; gebucht wurde nichts.', 'event_contradicts_itself', NULL, NULL),
    ('Fremdwährung: gebucht wird nur in Euro.', 'currency_not_euro', NULL, NULL),
    ('Ein Verkauf ohne Betrag wird nicht gebucht.', 'sale_without_amount', NULL, NULL),
    ('Die Rechnungssumme ist null oder negativ.', 'invoice_total_not_positive', NULL, NULL),
    ('Der Beleg nennt zwei verschiedene Partner.', 'two_partner_codes', NULL, NULL),
    ('Die Rechnung nennt einen Partnercode, den es nicht gibt.', 'invoice_names_unknown_partner', NULL, NULL),
    ('Die Rechnung nennt eine Kampagne, die es nicht gibt.', 'invoice_names_unknown_campaign', NULL, NULL),
    ('Zu der Bestellung dieser Rechnung gibt es schon eine andere gültige Rechnung.', 'order_has_other_invoice', NULL, NULL),
    ('Die Bestellnummern dieser Rechnung gehören zu verschiedenen Verkäufen.', 'orders_of_several_sales', NULL, NULL),
    ('Eine bezahlte Rechnung ohne Bestellnummer passt zu offenen Verkäufen: gehört sie zu einem davon?', 'which_sale', NULL, NULL),
    ('Derselbe Kunde, derselbe Betrag: Tritt diese Rechnung an die Stelle einer stornierten?', 'replaces_voided_invoice', NULL, NULL),
    ('Die Rechnung liegt vor dem Stichtag.', 'before_cut_over', NULL, NULL),
    ('Die gelöschte Rechnung gehörte zu keinem Verkauf.', 'deleted_invoice_had_no_sale', NULL, NULL),
    ('An die Stelle der stornierten Rechnung ist eine andere getreten.', 'voided_invoice_was_replaced', NULL, NULL),
    ('Zu dieser Rechnung ist kein Verkauf bekannt; gebucht wird mit der Zahlung.', 'no_sale_of_invoice_yet', NULL, NULL),
    ('Die Provisionen sind bereits abgerechnet.', 'commissions_already_settled', NULL, NULL),
    ('Die Zahlung wurde beim Zahlungsanbieter vollständig erstattet.', 'refunded_by_provider', NULL, NULL),
    ('Die Rechnung wurde nicht durch Zahlung beglichen.', 'not_paid_by_cash', NULL, NULL),
    ('Die Rechnung wurde ausgebucht oder verrechnet, nicht bezahlt.', 'written_off_or_set_off', NULL, NULL),
    ('Ein Teil der Rechnung wurde ausgebucht oder verrechnet; er zählt nicht zur Basis.', 'partly_written_off_or_set_off', NULL, NULL),
    ('Die Gutschrift nennt eine Rechnung, zu der kein Verkauf bekannt ist.', 'credit_note_names_unknown_invoice', NULL, NULL),
    ('Diese Gutschrift gehört zu keiner Auszahlung.', 'credit_note_of_no_payout', NULL, NULL),
    ('lexoffice zeigt den Beleg so, dass er nicht zu verstehen ist, etwa mit einem unmöglichen Datum.', 'document_not_readable', NULL, NULL),
    ('Der Beleg nennt Summen, die keine ganzen Cent sind.', 'document_not_in_whole_cents', NULL, NULL),
    ('Die Verbindung zu lexoffice ist nicht nutzbar.', 'connection_not_usable', NULL, NULL),
    ('lexoffice hat nicht geantwortet.', 'lexoffice_did_not_answer', NULL, NULL),
    ('Der Zugang gilt weiterhin.', 'access_still_valid', NULL, NULL),
    ('Kein Beleg, den PartnerDesk führt.', 'document_of_no_kind_of_ours', NULL, NULL),
    ('Dass der Beleg gelöscht ist, ist bekannt.', 'document_known_as_deleted', NULL, NULL),
    ('Der gelöschte Beleg war nicht bekannt.', 'deleted_document_was_unknown', NULL, NULL),
    ('lexoffice zeigt den Beleg in einem anderen Zustand als gemeldet; der Beleg gilt.', 'document_shows_other_state', NULL, NULL),
    ('lexoffice zeigt einen älteren Stand des Belegs.', 'document_shown_outdated', NULL, NULL),
    ('lexoffice zeigt Beleg und Zahlungen in verschiedenen Ständen.', 'document_and_payments_differ', NULL, NULL),
    ('Die Rechnung hat eine Zahlungsart, die PartnerDesk nicht kennt.', 'payment_item_unknown', NULL, NULL),
    ('Die Rechnung gilt als bezahlt, ihre Zahlungen decken sie aber nicht.', 'payments_do_not_cover', NULL, NULL),
    ('Die Rechnung gilt als bezahlt, lexoffice nennt aber keine Zahlungen.', 'payments_not_named', NULL, NULL),
    ('Beleg weicht von der Freigabe ab.', 'document_deviates', NULL, NULL),
    ('Zusammen mit Ereignis {event} behandelt.', 'handled_with_event',
     '^Zusammen mit Ereignis ([0-9]+) behandelt\.$', '{event:number}'),
    ('Mit einem anderen Beleg verrechnet, nicht überwiesen.', 'set_off_not_transferred', NULL, NULL),
    ('Der Beleg passt nicht zum Zustand der Auszahlung.', 'document_does_not_fit', NULL, NULL),
    ('Die gespeicherte Fassung des Belegs ist nicht lesbar.', 'stored_document_not_readable', NULL, NULL),
    ('Eine Abschlagsrechnung ist kein Verkauf.', 'down_payment_is_no_sale', NULL, NULL),
    ('bezahlt {paid:cents} von {gross:cents}', 'partly_paid',
     '^bezahlt (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€$', '{paid:cents,gross:cents}'),
    ('Über Stripe erstattet.', 'refunded_by_stripe', NULL, NULL),
    ('Nach Zahlungsstreit zurückgebucht.', 'charged_back', NULL, NULL),
    ('Die Rechnung wurde durch eine Gutschrift in lexoffice ganz zurückgenommen.', 'taken_back_by_credit_note', NULL, NULL),
    ('Die Erstattung wurde zurückgenommen.', 'refund_taken_back', NULL, NULL),
    ('Die Rechnung wurde storniert.', 'invoice_was_voided', NULL, NULL),
    ('Der Kunde hat die E-Mail-Adresse seines Partners. Die Provisionen sind angehalten.', 'own_purchase_held', NULL, NULL),
    ('Der Verkauf nennt eine Kampagne, die es nicht gibt.', 'sale_names_unknown_campaign', NULL, NULL),
    ('Der Verkauf nennt einen Partnercode, den es nicht gibt.', 'sale_names_unknown_partner', NULL, NULL),
    ('Ein späteres Ereignis nennt einen anderen Partner.', 'later_event_names_other_partner', NULL, NULL),
    ('Die Rechnung ist nicht mehr bezahlt ({paid:cents} von {gross:cents}), ihre Provisionen sind aber schon abgerechnet.', 'unpaid_after_settlement',
     '^Die Rechnung ist nicht mehr bezahlt \((-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€\), ihre Provisionen sind aber schon abgerechnet\.$', '{paid:cents,gross:cents}'),
    ('Die Rechnung nennt einen anderen Partner als der Verkauf; es bleibt beim Partner des Verkaufs.', 'invoice_names_other_partner', NULL, NULL),
    ('Die von uns geschriebene Rechnung ist da, der Verkauf hat inzwischen aber eine andere.', 'sale_has_other_invoice_than_ours', NULL, NULL),
    ('Die Gutschrift wurde mit einem Beleg verrechnet.', 'credit_note_set_off', NULL, NULL),
    ('Die Gutschrift ist in lexoffice wieder ein Entwurf.', 'credit_note_is_draft_again', NULL, NULL),
    ('Der Beleg in lexoffice passt nicht zum Zustand der Auszahlung.', 'document_does_not_fit_payout', NULL, NULL),
    ('Der Beleg wurde aufgehoben. Wurde Geld überwiesen?', 'undone_was_it_paid', NULL, NULL),
    ('Die bezahlte Gutschrift wurde in lexoffice wieder verändert.', 'paid_credit_note_changed', NULL, NULL),
    ('Ob die Gutschrift in lexoffice angelegt wurde, ist unklar.', 'credit_note_outcome_unclear', NULL, NULL),
    ('Ob die Rechnung in lexoffice angelegt wurde, ist unklar.', 'invoice_outcome_unclear', NULL, NULL),
    ('In lexoffice ist ein Beleg zu viel entstanden. Bitte stornieren Sie ihn dort.', 'document_too_many', NULL, NULL),
    ('Ein Signal ohne gültige Entscheidung wurde zurückgewiesen.', 'signal_without_decision', NULL, NULL),
    ('Ein Signal ohne Entscheidung nennt keine Aufgabe, die es löst.', 'signal_resolves_no_task', NULL, NULL),
    ('lexoffice verweigert den Zugriff auf Belege: Ein Recht fehlt, oder der Vertrag enthält es nicht.', 'access_refused', NULL, NULL),
    ('Vier von fünf Belegen, die lexoffice in einem Jahr annimmt (50.000), sind angelegt.', 'documents_of_the_year_nearly_used', NULL, NULL),
    ('Rückforderungen von {amount:cents} sind seit über {days} Tagen offen.', 'clawbacks_open_long',
     '^Rückforderungen von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ sind seit über ([0-9]+) Tagen offen\.$', '{amount:cents,days:number}'),
    ('Der API-Schlüssel von lexoffice endet spätestens am {on:day}. Bitte erzeugen Sie in lexoffice einen neuen und hinterlegen Sie ihn.', 'api_key_ends',
     '^Der API-Schlüssel von lexoffice endet spätestens am ([0-9]{2}\.[0-9]{2}\.[0-9]{4})\. Bitte erzeugen Sie in lexoffice einen neuen und hinterlegen Sie ihn\.$', '{on:day}'),
    ('Ein Bonus von {amount:cents} wartet auf die Bestätigung durch eine zweite Person.', 'bonus_awaits_second_person',
     '^Ein Bonus von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ wartet auf die Bestätigung durch eine zweite Person\.$', '{amount:cents}'),
    ('Eine Korrektur von {amount:cents} wartet auf die Bestätigung durch eine zweite Person.', 'correction_awaits_second_person',
     '^Eine Korrektur von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ wartet auf die Bestätigung durch eine zweite Person\.$', '{amount:cents}'),
    ('Der Partner widerspricht dieser Auszahlung. Seinen Grund zeigt die Auszahlung.', 'partner_objects', NULL, NULL),
    ('Die neue IBAN dieses Partners gehört auch einem anderen Partner.', 'iban_of_another_partner', NULL, NULL),
    ('Der Abgleich mit lexoffice war unvollständig: Die Belegliste ist länger als 10.000 Einträge.', 'sweep_incomplete', NULL, NULL),
    ('Der Steuerstatus gilt nun für Tage, deren Belege einen anderen Steuerfall haben.', 'tax_case_of_documents_changed', NULL, NULL),
    ('lexoffice lehnt den API-Schlüssel ab. Bitte hinterlegen Sie einen gültigen Schlüssel.', 'api_key_rejected', NULL, NULL),
    ('lexoffice lehnt den Zugang über OAuth ab. Bitte verbinden Sie lexoffice erneut.', 'grant_rejected', NULL, NULL),
    ('lexoffice hat die OAuth-Verbindung beendet. Bitte verbinden Sie lexoffice erneut.', 'grant_ended', NULL, NULL),
    ('lexoffice lehnt die OAuth-Zugangsdaten dieser Installation ab. Bitte wenden Sie sich an deren Betreiber.', 'oauth_client_rejected', NULL, NULL),
    ('In dieser Installation ist OAuth nicht mehr eingerichtet (LEXOFFICE_OAUTH_CLIENT_ID und _SECRET). Bitte hinterlegen Sie einen API-Schlüssel.', 'oauth_not_set_up', NULL, NULL),
    ('lexoffice hat die OAuth-Verbindung beendet; verwendet wird der API-Schlüssel.', 'grant_ended_key_used', NULL, NULL),
    ('lexoffice meldet nur an https-Adressen: PARTNERDESK_PUBLIC_URL muss mit https:// beginnen (außer auf diesem Rechner selbst).', 'subscriptions_need_https', NULL, NULL),
    ('lexoffice hat unsere Adresse nicht erreicht oder ihr Zertifikat nicht angenommen (PARTNERDESK_PUBLIC_URL).', 'address_not_reached', NULL, NULL),
    ('lexoffice hat beim Einrichten der Meldungen nicht geantwortet; es wird erneut versucht.', 'subscriptions_not_answered', NULL, NULL),
    ('lexoffice gibt zu diesem Beleg kein PDF aus.', 'no_pdf', NULL, NULL),
    ('lexoffice war nicht erreichbar.', 'lexoffice_not_reached', NULL, NULL),
    ('Eine Provision entfiel; die Freigabe ist hinfällig.', 'commission_dropped_out', NULL, NULL),
    ('Es ist nichts mehr auszuzahlen.', 'nothing_left_to_pay', NULL, NULL),
    ('Der Inhalt hat sich seit der Freigabe geändert; sie ist hinfällig.', 'content_changed_since_approval', NULL, NULL),
    ('Gutschrift in lexoffice gelöscht.', 'credit_note_deleted', NULL, NULL),
    ('Gutschrift in lexoffice storniert.', 'credit_note_voided', NULL, NULL),
    ('lexoffice hat nicht eindeutig geantwortet; die Gutschrift kann entstanden sein.', 'answer_not_clear', NULL, NULL),
    ('lexoffice kennt die angelegte Gutschrift nicht.', 'created_credit_note_unknown', NULL, NULL),
    ('Der Ausführungstag hat sich geändert; die Freigabe ist hinfällig.', 'execution_date_changed', NULL, NULL),
    ('Eine Zahlung ist entfallen; die Freigabe ist hinfällig.', 'payment_dropped_out', NULL, NULL),
    ('Betrag oder Bankverbindung ist nicht mehr wie im Entwurf.', 'no_longer_as_drafted', NULL, NULL),
    ('Name oder Gutschriftnummer ist nicht mehr wie im Entwurf.', 'name_no_longer_as_drafted', NULL, NULL),
    ('Der Zahlungslauf wurde storniert.', 'bank_run_was_cancelled', NULL, NULL),
    ('Als Kleinunternehmer können Sie einem regelbesteuerten Partner keine Gutschrift ausstellen.', 'regular_partner_of_small_business', NULL, NULL),
    ('Der Kleinunternehmer-Status ist für {year} nicht bestätigt.', 'small_business_not_confirmed',
     '^Der Kleinunternehmer-Status ist für ([0-9]+) nicht bestätigt\.$', '{year:number}'),
    ('Nur mit eigener Gutschrift und Eingangsbeleg.', 'needs_own_document', NULL, NULL),
    ('Die eigene Anschrift fehlt in den Einstellungen.', 'tenant_address_missing', NULL, NULL),
    ('Der Steuerstatus des Partners fehlt für den Leistungstag.', 'tax_status_missing', NULL, NULL),
    ('Die Anschrift des Partners ist unvollständig.', 'address_missing', NULL, NULL),
    ('Die Vereinbarung über die Abrechnung per Gutschrift fehlt.', 'agreement_missing', NULL, NULL),
    ('Der Partner hat der geltenden Fassung der Gutschrift-Vereinbarung noch nicht zugestimmt.', 'agreement_outdated', NULL, NULL),
    ('Steuernummer oder USt-IdNr. des Partners fehlt.', 'tax_number_missing', NULL, NULL),
    ('Die eigene USt-IdNr. oder Steuernummer fehlt in den Einstellungen.', 'tenant_tax_id_missing', NULL, NULL),
    ('Der Steuerfall des Partners hat sich geändert.', 'tax_case_changed', NULL, NULL),
    ('Die Auszahlung ist zurückgestellt.', 'payout_held', NULL, NULL),
    ('Eine neue Bankverbindung ist noch nicht in Kraft.', 'account_pending', NULL, NULL),
    ('Der Beleg lässt sich so nicht schreiben; Angaben fehlen oder sind zu lang.', 'document_not_writable', NULL, NULL),
    ('lexoffice lehnt den hinterlegten Zugang ab.', 'credential_rejected', NULL, NULL),
    ('lexoffice lehnt den API-Schlüssel ab.', 'credential_rejected', NULL, NULL),
    ('Der hinterlegte Zugang darf solche Belege nicht anlegen.', 'credential_may_not', NULL, NULL),
    ('Der API-Schlüssel darf solche Belege nicht anlegen.', 'credential_may_not', NULL, NULL),
    ('lexoffice lehnt den Inhalt des Belegs ab.', 'document_rejected', NULL, NULL),
    ('lexoffice ist nicht verbunden: Es ist kein API-Schlüssel hinterlegt.', 'not_connected', NULL, NULL),
    ('lexoffice ist nicht verbunden.', 'not_connected', NULL, NULL),
    ('lexoffice ist nicht verbunden; das Steuerprofil fehlt.', 'not_connected', NULL, NULL),
    ('Die Verbindung zu lexoffice ist gestört.', 'connection_broken', NULL, NULL),
    ('Die Verbindung zu lexoffice ist unterbrochen. Bitte verbinden Sie lexoffice erneut, oder hinterlegen Sie einen neuen API-Schlüssel.', 'connection_broken', NULL, NULL),
    ('Die Verbindung zu lexoffice ist unterbrochen. Bitte hinterlegen Sie einen neuen API-Schlüssel.', 'connection_broken', NULL, NULL),
    ('Der Zustand lässt das nicht zu.', 'state_does_not_allow', NULL, NULL),
    ('Der Betrag einer Provision in Auszahlung ist unveränderlich.', 'commission_settled', NULL, NULL),
    ('Die Summe der Zeilen ist nicht der Betrag der Auszahlung.', 'lines_do_not_add_up', NULL, NULL),
    ('Es würde mehr zurückgefordert, als verdient wurde.', 'clawback_exceeds', NULL, NULL),
    ('Die Zeile ist nicht der Betrag des Monatsabschlusses.', 'month_differs', NULL, NULL),
    ('Diese Angabe ist bereits vergeben.', 'already_exists', NULL, NULL),
    ('Der API-Schlüssel gilt weiterhin.', 'access_still_valid', NULL, NULL),
    ('Die Rechnung ist nicht mehr bezahlt ({paid:cents} von {gross:cents}), ihre Provisionen sind aber schon in einer Auszahlung.', 'unpaid_after_settlement',
     '^Die Rechnung ist nicht mehr bezahlt \((-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€\), ihre Provisionen sind aber schon in einer Auszahlung\.$', '{paid:cents,gross:cents}'),
    ('Der Kunde hat noch nicht bezahlt.', 'not_paid', NULL, NULL),
    ('Vorläufig: die Rechnung fehlt noch.', 'provisional', NULL, NULL),
    ('Der Verkauf ist angehalten.', 'sale_held', NULL, NULL),
    ('Die Rechnung ist storniert und wird vielleicht ersetzt.', 'sale_blocked', NULL, NULL),
    ('Die Stornofrist läuft noch.', 'hold', NULL, NULL),
    ('Nach dem Stichtag.', 'after_cut_off', NULL, NULL),
    ('Die Auszahlungen an diesen Partner sind angehalten.', 'partner_stopped', NULL, NULL),
    ('Rückforderungen über der Grenze je Lauf; sie folgen später.', 'clawback_limit', NULL, NULL),
    ('Der Saldo ist {net:cents}; er wird vorgetragen (Übertrag).', 'not_above_zero',
     '^Der Saldo ist (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€; er wird vorgetragen \(Übertrag\)\.$', '{net:cents}'),
    ('{net:cents} liegen unter der Mindestauszahlung von {minimum:cents} (Übertrag).', 'below_minimum',
     '^(-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ liegen unter der Mindestauszahlung von (-?[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]{2}).€ \(Übertrag\)\.$', '{net:cents,minimum:cents}'),
    ('Die Auszahlung wartet nicht auf eine Überweisung.', 'barred_not_waiting', NULL, NULL),
    ('Sie steht schon in einem anderen Zahlungslauf.', 'barred_in_another_run', NULL, NULL),
    ('Die Gutschrift ist noch nicht zurückgelesen.', 'barred_not_read_back', NULL, NULL),
    ('Die Gutschrift ist in lexoffice nicht offen.', 'barred_not_open', NULL, NULL),
    ('Auf die Gutschrift ist schon etwas bezahlt.', 'barred_partly_paid', NULL, NULL),
    ('Der Beleg weicht von der Freigabe ab.', 'barred_deviates', NULL, NULL),
    ('Die Gutschrift gehört nicht zur letzten Freigabe.', 'barred_other_approval', NULL, NULL),
    ('Der Partner hat der Gutschrift widersprochen.', 'barred_objected', NULL, NULL),
    ('Die Auszahlung ist blockiert.', 'barred_blocked', NULL, NULL),
    ('Zu dieser Auszahlung ist eine Aufgabe offen.', 'barred_task_open', NULL, NULL),
    ('Bei der Freigabe gab es keine Bankverbindung.', 'barred_no_account', NULL, NULL),
    ('Die Bankverbindung ist nicht mehr die der Freigabe.', 'barred_account_changed', NULL, NULL),
    ('Eine neue Bankverbindung des Partners ist noch nicht in Kraft.', 'barred_account_pending', NULL, NULL),
    ('Die Bankverbindung lässt sich nicht entschlüsseln.', 'barred_cannot_decrypt', NULL, NULL),
    ('Das Konto liegt außerhalb des SEPA-Raums.', 'barred_outside_sepa', NULL, NULL),
    ('Der Kontoinhaber lässt sich nicht in SEPA-Zeichen schreiben.', 'barred_unwritable_holder', NULL, NULL),
    ('Ohne Verkauf: eine Zeile von Hand.', 'without_a_sale', NULL, NULL),
    ('Das ist kein API-Schlüssel von lexoffice.', 'key_malformed', NULL, NULL),
    ('lexoffice lehnt den Zugang über OAuth ab.', 'oauth_connection_broken', NULL, NULL),
    ('Dem Zugang fehlen Rechte in lexoffice.', 'key_lacks_rights', NULL, NULL),
    ('Der lexoffice-Tarif enthält die Schnittstelle nicht.', 'plan_lacks_api', NULL, NULL),
    ('Der Zugang gehört zu einer anderen lexoffice-Organisation, und Belege der bisherigen sind noch offen.',
     'other_organization', NULL, NULL),
    ('Ersetzt durch eine neuere Angabe.', 'replaced_by_newer', NULL, NULL);

-- {code, params} of a sentence; NULL for one that is none of ours.
CREATE FUNCTION code_of_sentence(said text) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    known sentences_before_codes;
    taken text[];
    params jsonb := '{}';
    place text;
    shape text;
BEGIN
    SELECT * INTO known FROM sentences_before_codes WHERE sentence = said AND pattern IS NULL;
    IF FOUND THEN
        RETURN jsonb_build_object('code', known.code, 'params', params);
    END IF;
    SELECT * INTO known FROM sentences_before_codes WHERE pattern IS NOT NULL AND said ~ pattern ORDER BY position LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    taken := regexp_match(said, known.pattern);
    FOR nth IN 1 .. cardinality(known.places) LOOP
        place := split_part(known.places[nth], ':', 1);
        shape := split_part(known.places[nth], ':', 2);
        params := params || jsonb_build_object(place, CASE shape
            WHEN 'cents' THEN to_jsonb(translate(taken[nth], '.,', '')::bigint)
            WHEN 'number' THEN to_jsonb(taken[nth]::bigint)
            WHEN 'day' THEN to_jsonb(to_char(to_date(taken[nth], 'DD.MM.YYYY'), 'YYYY-MM-DD'))
            ELSE to_jsonb(taken[nth]) END);
    END LOOP;
    RETURN jsonb_build_object('code', known.code, 'params', params);
END $$;

-- What the release before shows for a code: the German sentence, or the code where it never had one.
CREATE FUNCTION sentence_of_code(wanted text, params jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    known sentences_before_codes;
    said text;
    place text;
    shape text;
    value text;
BEGIN
    IF wanted = 'as_it_was_written' THEN
        RETURN COALESCE(params ->> 'text', wanted);
    END IF;
    SELECT * INTO known FROM sentences_before_codes WHERE code = wanted ORDER BY position LIMIT 1;
    IF NOT FOUND THEN
        RETURN wanted;
    END IF;
    said := known.sentence;
    FOR nth IN 1 .. COALESCE(cardinality(known.places), 0) LOOP
        place := split_part(known.places[nth], ':', 1);
        shape := split_part(known.places[nth], ':', 2);
        value := COALESCE(CASE shape
            WHEN 'cents' THEN translate(to_char((params ->> place)::numeric / 100, 'FM999,999,999,990.00'), ',.', '.,') || ' €'
            WHEN 'day' THEN to_char((params ->> place)::date, 'DD.MM.YYYY')
            ELSE params ->> place END, '…');
        said := replace(replace(said, '{' || place || ':' || shape || '}', value), '{' || place || '}', value);
    END LOOP;
    RETURN said;
END $$;
REVOKE ALL ON FUNCTION code_of_sentence, sentence_of_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code_of_sentence, sentence_of_code TO partnerdesk_app;

-- Arguments: the columns of the text, the code and the parameters, and whether people write into the text as well:
-- their words have no code. Whichever of the two was written now, the other follows.
CREATE FUNCTION keep_code_and_sentence() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    said text; code text; params jsonb;
    said_before text; code_before text; params_before jsonb;
    known jsonb;
BEGIN
    EXECUTE format('SELECT ($1).%I, ($1).%I, ($1).%I', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]) INTO said, code, params USING NEW;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('SELECT ($1).%I, ($1).%I, ($1).%I', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2])
           INTO said_before, code_before, params_before USING OLD;
    END IF;
    IF TG_ARGV[3] = 'coded' AND said IS NOT NULL AND params IS NULL THEN    -- of the release before
        params := COALESCE(code_of_sentence(said) -> 'params', '{}');
    ELSIF code IS NOT NULL AND (code, params) IS DISTINCT FROM (code_before, params_before) THEN
        params := COALESCE(params, '{}');
        said := sentence_of_code(code, params);
    ELSIF said IS DISTINCT FROM said_before AND code IS NOT DISTINCT FROM code_before THEN  -- of the release before
        known := code_of_sentence(said);
        IF known IS NULL AND said IS NOT NULL AND TG_ARGV[3] = 'ours' THEN
            known := jsonb_build_object('code', 'as_it_was_written', 'params', jsonb_build_object('text', said));
        END IF;
        code := known ->> 'code';
        params := known -> 'params';
    ELSIF code IS NULL AND code_before IS NOT NULL AND said IS NOT DISTINCT FROM said_before THEN
        said := NULL;
    END IF;
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], said, TG_ARGV[1], code, TG_ARGV[2], params));
END $$;

CREATE FUNCTION put_a_code_beside(target regclass, text_column text, code_column text, params_column text, writer text)
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS %I text, ADD COLUMN %I jsonb', target, code_column, params_column);
    EXECUTE format(
        'CREATE TRIGGER keep_code_and_sentence_when_new BEFORE INSERT ON %1$s FOR EACH ROW
           WHEN (NEW.%2$I IS NOT NULL OR NEW.%3$I IS NOT NULL)
           EXECUTE FUNCTION keep_code_and_sentence(%2$L, %3$L, %4$L, %5$L)',
        target, text_column, code_column, params_column, writer);
    EXECUTE format(
        'CREATE TRIGGER keep_code_and_sentence BEFORE UPDATE OF %2$I, %3$I, %4$I ON %1$s FOR EACH ROW
           WHEN (NEW.%2$I IS DISTINCT FROM OLD.%2$I OR NEW.%3$I IS DISTINCT FROM OLD.%3$I OR NEW.%4$I IS DISTINCT FROM OLD.%4$I)
           EXECUTE FUNCTION keep_code_and_sentence(%2$L, %3$L, %4$L, %5$L)',
        target, text_column, code_column, params_column, writer);
END $$;

-- ours: only the code writes it. people: they do as well. coded: the code was there already.
SELECT put_a_code_beside('events', 'reason', 'reason_code', 'reason_params', 'ours'),
       put_a_code_beside('tasks', 'reason', 'reason_code', 'reason_params', 'ours'),
       put_a_code_beside('transactions', 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
       put_a_code_beside('payouts', 'state_reason', 'state_reason_code', 'state_reason_params', 'people'),
       put_a_code_beside('provider_connections', 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
       put_a_code_beside('bank_runs', 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
       put_a_code_beside('bank_run_lines', 'released_reason', 'released_code', 'released_params', 'people'),
       put_a_code_beside('tenant_bank_accounts', 'ended_reason', 'ended_code', 'ended_params', 'people'),
       put_a_code_beside('payout_run_rows', 'sentence', 'code', 'params', 'coded'),
       put_a_code_beside('sweep_states', 'subscriptions_reason', 'subscriptions_code', 'subscriptions_params', 'ours'),
       put_a_code_beside('papers_wanted', 'failed_reason', 'failed_code', 'failed_params', 'ours');
DROP FUNCTION put_a_code_beside;

-- Lines of a run that is approved do not change, so this table is translated here. There are few.
ALTER TABLE bank_run_lines DISABLE TRIGGER bank_run_lines_stay;
DO $$
DECLARE
    of_tenant uuid;
BEGIN
    FOR of_tenant IN SELECT id FROM list_tenants() LOOP
        PERFORM set_config('app.tenant', of_tenant::text, true);
        UPDATE bank_run_lines l SET released_code = k.known ->> 'code', released_params = k.known -> 'params'
          FROM (SELECT reason, code_of_sentence(reason) AS known
                  FROM (SELECT DISTINCT released_reason AS reason FROM bank_run_lines WHERE tenant_id = of_tenant) d) k
         WHERE l.tenant_id = of_tenant AND l.released_reason = k.reason AND k.known IS NOT NULL;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
ALTER TABLE bank_run_lines ENABLE TRIGGER bank_run_lines_stay;

-- As in 0012 but for the reason: it is given, and answered, as a code with parameters. The release before calls the
-- other one.
CREATE FUNCTION receive_event(
    for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamptz,
    raw_body bytea, is_signed boolean, with_payment_reference text, ignored_code text, ignored_params jsonb,
    of_document uuid, unproven_an_hour integer)
    RETURNS TABLE (outcome text, id bigint, state text, reason_code text, reason_params jsonb, delivery integer,
                   handed_over boolean, age_seconds double precision, is_known boolean)
    LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    connected boolean;
    first_state text := 'received';
    first_code text;
    first_params jsonb;
    new_id bigint;
    new_delivery integer;
    known boolean;
    this_hour timestamptz := date_trunc('hour', now());
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Whoever adds a credential holds FOR UPDATE here: either this event sees it, or its owner sees this event.
    SELECT has_credential INTO connected FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    IF ignored_code IS NOT NULL THEN
        first_state := 'ignored';
        first_code := ignored_code;
        first_params := ignored_params;
    ELSIF NOT connected THEN
        first_state := 'skipped';
        first_code := 'no_api_key';
        first_params := '{}';
    END IF;
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                        payment_reference, state, reason_code, reason_params)
    VALUES (for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
            with_payment_reference, first_state, first_code, first_params)
    ON CONFLICT (tenant_id, provider, organization_id, event_type, resource_id, event_date) DO NOTHING
    RETURNING events.id, events.delivery INTO new_id, new_delivery;
    IF FOUND THEN
        -- What is under way answers this one too: a burst about one document counts once.
        IF first_state = 'received' AND NOT known AND unproven_an_hour IS NOT NULL
           AND NOT EXISTS (SELECT FROM events e
                            WHERE e.tenant_id = for_tenant AND e.resource_id = of_resource AND e.state = 'received'
                              AND e.id <> new_id)
        THEN
            UPDATE api_budgets b
               SET unproven = CASE WHEN b.unproven_hour < this_hour THEN 0 ELSE b.unproven END + 1,
                   unproven_hour = greatest(b.unproven_hour, this_hour)
             WHERE b.tenant_id = for_tenant AND b.provider = from_provider
               AND (b.unproven_hour < this_hour OR b.unproven < unproven_an_hour);
            IF NOT FOUND THEN
                first_state := 'waiting';
                first_code := 'sweep_awaited';
                first_params := '{}';
                UPDATE events e SET state = first_state, reason_code = first_code, reason_params = first_params
                 WHERE e.tenant_id = for_tenant AND e.id = new_id;
            END IF;
        END IF;
        RETURN QUERY SELECT 'new', new_id, first_state, first_code, first_params, new_delivery, false, 0::float8, known;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'repeat', e.id, e.state, e.reason_code, e.reason_params, e.delivery, e.handed_over_at IS NOT NULL,
               extract(epoch FROM clock_timestamp() - e.received_at)::float8, known
          FROM events e
         WHERE e.tenant_id = for_tenant AND e.provider = from_provider AND e.organization_id = of_organization
           AND e.event_type = of_type AND e.resource_id = of_resource AND e.event_date = at_date;
END $$;
REVOKE ALL ON FUNCTION receive_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_event TO partnerdesk_app;
