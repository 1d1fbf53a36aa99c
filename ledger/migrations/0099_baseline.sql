-- Version 1.0: every table, wing by wing, as the chain before it (before_1_0/) leaves them. Functions, triggers and a
-- sentence for each table stand in functions/<wing>.sql.
--
-- Written once by script/baseline, which proved that both ways lead to the same schema; never changed after 1.0.
--
-- Two roles (ledger/roles.sql): partnerdesk_owner runs this, partnerdesk_app works under forced row-level security. The
-- tenant of a transaction is its first statement: set_config('app.tenant', …, true). Foreign keys are (tenant_id, id).

CREATE SEQUENCE oauth_generations;
GRANT USAGE ON SEQUENCE oauth_generations TO partnerdesk_app;

-- access --------------------------------------------------------------------------------------------------------------

-- Attempts to log in, per account and per address, both as HMACs. Only functions of the owner touch it.
CREATE TABLE login_attempts (
    subject  bytea PRIMARY KEY CHECK (length(subject) = 32),
    attempts integer NOT NULL DEFAULT 1,
    since    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON login_attempts TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE TABLE tenants (
    id                     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug                   text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name                   text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    street                 text,  -- the recipient of the service on each Gutschrift (§ 14 Abs. 4 UStG)
    zip                    text,
    city                   text,
    country_code           text NOT NULL DEFAULT 'DE',
    vat_id                 text,
    tax_number             text,
    is_demo                boolean NOT NULL DEFAULT false,
    replacement_window     interval NOT NULL DEFAULT '3 days' CHECK (replacement_window >= '00:00:00'::interval),
    minimum_payout_cents   bigint NOT NULL DEFAULT 0 CHECK (minimum_payout_cents >= 0),
    four_eyes_limit_cents  bigint NOT NULL DEFAULT 100000 CHECK (four_eyes_limit_cents >= 0),
    created_at             timestamptz NOT NULL DEFAULT now(),
    default_campaign_id    uuid,
    -- Four eyes: from this gross amount of a partner in 30 days on, its makers do not approve.
    single_approver        boolean NOT NULL DEFAULT false,
    bank_quarantine        interval NOT NULL DEFAULT '7 days'
        CHECK (bank_quarantine BETWEEN '00:00:00'::interval AND '90 days'::interval),
    -- Stornofrist: days from the day on which the customer paid (Europe/Berlin). A campaign may have its own.
    hold_days              integer NOT NULL DEFAULT 0 CHECK (hold_days BETWEEN 0 AND 365),
    -- How much of what a payout would hold is netted with claw-backs, at most: in percent, and in cents where that
    -- is set.
    clawback_limit_percent integer NOT NULL DEFAULT 100 CHECK (clawback_limit_percent BETWEEN 1 AND 100),
    clawback_limit_cents   bigint CHECK (clawback_limit_cents > 0),
    -- Which version of the agreement on self-billing partners must have accepted; NULL: whichever they have.
    agreement_version      text CHECK (length(agreement_version) BETWEEN 1 AND 100),
    -- Monthly by a schedule: on this day, at this hour (Europe/Berlin), up to the end of the month before. Null: by
    -- hand only.
    payout_run_day         smallint CHECK (payout_run_day BETWEEN 1 AND 28),
    payout_run_hour        smallint NOT NULL DEFAULT 6 CHECK (payout_run_hour BETWEEN 0 AND 23)
);
SELECT protect_tenant_table('tenants', 'id');
SELECT allow_lookup('tenants');

CREATE TABLE users (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email          text NOT NULL UNIQUE
        CHECK (email = lower(email) AND length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
    name           text CHECK (length(name) BETWEEN 1 AND 200),
    platform_admin boolean NOT NULL DEFAULT false,
    disabled_at    timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    language       text CHECK (language IN ('de', 'en'))  -- NULL: not chosen
);
SELECT protect_person_table('users', 'id', 'SELECT');
GRANT UPDATE (name, platform_admin, disabled_at, language) ON users TO partnerdesk_app;

-- What a person is in a tenant. Rows stay, so that names in the audit trail can be told.
CREATE TABLE memberships (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    user_id     uuid NOT NULL REFERENCES users,
    role        text NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'admin')),
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changed_by  uuid REFERENCES users,  -- NULL: an operator, by command
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT nobody_changes_the_own_role CHECK (changed_by <> user_id)
);
CREATE INDEX memberships_user_id_idx ON memberships (user_id);
SELECT protect_tenant_table('memberships');
SELECT allow_lookup('memberships');
CREATE POLICY own_person ON memberships FOR SELECT USING (user_id = current_person());

CREATE TABLE api_keys (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              text NOT NULL UNIQUE CHECK (id ~ '^[a-z0-9]{10}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    secret_hmac     bytea NOT NULL CHECK (length(secret_hmac) = 32),
    scopes          text[] NOT NULL
        CHECK (scopes <@ ARRAY['read', 'write', 'approve', 'bank'] AND cardinality(scopes) > 0),
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    -- Keys of machines: never more than their maker, never longer than a year, and who decides does not write.
    created_by_user uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, created_by_user) REFERENCES memberships,
    CONSTRAINT a_key_ends_within_a_year CHECK (expires_at <= (created_at + '367 days'::interval)),
    CONSTRAINT who_approves_does_not_write CHECK (NOT scopes @> ARRAY['write', 'approve'])
);
SELECT protect_tenant_table('api_keys');
SELECT allow_lookup('api_keys');

-- Reset of a password, or an invitation: works once, for 30 minutes.
CREATE TABLE one_time_links (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hmac bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    purpose    text NOT NULL CHECK (purpose IN ('reset', 'invite')),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + '00:30:00'::interval,
    used_at    timestamptz,
    CHECK (expires_at <= (created_at + '00:30:00'::interval))
);
CREATE INDEX one_time_links_user_id_idx ON one_time_links (user_id);
SELECT protect_person_table('one_time_links', 'user_id', 'SELECT, INSERT, UPDATE');

CREATE TABLE sessions (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hmac       bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    user_id          uuid NOT NULL REFERENCES users,
    tenant_id        uuid REFERENCES tenants,  -- the tenant that was entered
    created_at       timestamptz NOT NULL DEFAULT now(),
    last_seen_at     timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    second_factor_at timestamptz,  -- when the last code was right
    CHECK (expires_at <= (created_at + '1 day'::interval))
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
SELECT protect_person_table('sessions', 'user_id', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE user_secrets (
    user_id               uuid PRIMARY KEY REFERENCES users,
    password_hash         text CHECK (password_hash ~~ '$argon2id$%'),  -- NULL until the invitation is taken up
    password_changed_at   timestamptz,
    totp_secret_encrypted bytea,
    totp_confirmed_at     timestamptz,  -- the first code was right: from then on one is asked for
    totp_last_step        bigint NOT NULL DEFAULT 0,  -- a code works once: only steps after this one count
    CHECK (totp_confirmed_at IS NULL OR totp_secret_encrypted IS NOT NULL)
);
SELECT protect_person_table('user_secrets', 'user_id', 'SELECT, INSERT, UPDATE');

-- ground --------------------------------------------------------------------------------------------------------------

CREATE TABLE idempotency_keys (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    caller         text NOT NULL,
    key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_sha256 bytea NOT NULL,
    status         integer,  -- NULL while the first request is under way
    body           jsonb,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, caller, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
SELECT protect_tenant_table('idempotency_keys', rights => 'SELECT, INSERT, UPDATE, DELETE');
CREATE POLICY functions ON idempotency_keys TO CURRENT_USER USING (true) WITH CHECK (true);

-- Every sentence that the code ever wrote into a row. `pattern` finds one that has places, `places` name what they hold.
CREATE TABLE sentences_before_codes (
    position integer GENERATED ALWAYS AS IDENTITY,
    sentence text PRIMARY KEY,
    code     text NOT NULL,
    pattern  text,
    places   text[],
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
    ('Kein gültiges Ereignis ({why}).', 'not_a_valid_event', E'^Kein gültiges Ereignis \\((.+)\\)\\.$', '{why:text}'),
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
    ('Zusammen mit Ereignis {event} behandelt.', 'handled_with_event', E'^Zusammen mit Ereignis ([0-9]+) behandelt\\.$', '{event:number}'),
    ('Mit einem anderen Beleg verrechnet, nicht überwiesen.', 'set_off_not_transferred', NULL, NULL),
    ('Der Beleg passt nicht zum Zustand der Auszahlung.', 'document_does_not_fit', NULL, NULL),
    ('Die gespeicherte Fassung des Belegs ist nicht lesbar.', 'stored_document_not_readable', NULL, NULL),
    ('Eine Abschlagsrechnung ist kein Verkauf.', 'down_payment_is_no_sale', NULL, NULL),
    ('bezahlt {paid:cents} von {gross:cents}', 'partly_paid', E'^bezahlt (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€$', '{paid:cents,gross:cents}'),
    ('Über Stripe erstattet.', 'refunded_by_stripe', NULL, NULL),
    ('Nach Zahlungsstreit zurückgebucht.', 'charged_back', NULL, NULL),
    ('Die Rechnung wurde durch eine Gutschrift in lexoffice ganz zurückgenommen.', 'taken_back_by_credit_note', NULL, NULL),
    ('Die Erstattung wurde zurückgenommen.', 'refund_taken_back', NULL, NULL),
    ('Die Rechnung wurde storniert.', 'invoice_was_voided', NULL, NULL),
    ('Der Kunde hat die E-Mail-Adresse seines Partners. Die Provisionen sind angehalten.', 'own_purchase_held', NULL, NULL),
    ('Der Verkauf nennt eine Kampagne, die es nicht gibt.', 'sale_names_unknown_campaign', NULL, NULL),
    ('Der Verkauf nennt einen Partnercode, den es nicht gibt.', 'sale_names_unknown_partner', NULL, NULL),
    ('Ein späteres Ereignis nennt einen anderen Partner.', 'later_event_names_other_partner', NULL, NULL),
    ('Die Rechnung ist nicht mehr bezahlt ({paid:cents} von {gross:cents}), ihre Provisionen sind aber schon abgerechnet.', 'unpaid_after_settlement', E'^Die Rechnung ist nicht mehr bezahlt \\((-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€\\), ihre Provisionen sind aber schon abgerechnet\\.$', '{paid:cents,gross:cents}'),
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
    ('Rückforderungen von {amount:cents} sind seit über {days} Tagen offen.', 'clawbacks_open_long', E'^Rückforderungen von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ sind seit über ([0-9]+) Tagen offen\\.$', '{amount:cents,days:number}'),
    ('Der API-Schlüssel von lexoffice endet spätestens am {on:day}. Bitte erzeugen Sie in lexoffice einen neuen und hinterlegen Sie ihn.', 'api_key_ends', E'^Der API-Schlüssel von lexoffice endet spätestens am ([0-9]{2}\\.[0-9]{2}\\.[0-9]{4})\\. Bitte erzeugen Sie in lexoffice einen neuen und hinterlegen Sie ihn\\.$', '{on:day}'),
    ('Ein Bonus von {amount:cents} wartet auf die Bestätigung durch eine zweite Person.', 'bonus_awaits_second_person', E'^Ein Bonus von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ wartet auf die Bestätigung durch eine zweite Person\\.$', '{amount:cents}'),
    ('Eine Korrektur von {amount:cents} wartet auf die Bestätigung durch eine zweite Person.', 'correction_awaits_second_person', E'^Eine Korrektur von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ wartet auf die Bestätigung durch eine zweite Person\\.$', '{amount:cents}'),
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
    ('Der Kleinunternehmer-Status ist für {year} nicht bestätigt.', 'small_business_not_confirmed', E'^Der Kleinunternehmer-Status ist für ([0-9]+) nicht bestätigt\\.$', '{year:number}'),
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
    ('Die Rechnung ist nicht mehr bezahlt ({paid:cents} von {gross:cents}), ihre Provisionen sind aber schon in einer Auszahlung.', 'unpaid_after_settlement', E'^Die Rechnung ist nicht mehr bezahlt \\((-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€\\), ihre Provisionen sind aber schon in einer Auszahlung\\.$', '{paid:cents,gross:cents}'),
    ('Der Kunde hat noch nicht bezahlt.', 'not_paid', NULL, NULL),
    ('Vorläufig: die Rechnung fehlt noch.', 'provisional', NULL, NULL),
    ('Der Verkauf ist angehalten.', 'sale_held', NULL, NULL),
    ('Die Rechnung ist storniert und wird vielleicht ersetzt.', 'sale_blocked', NULL, NULL),
    ('Die Stornofrist läuft noch.', 'hold', NULL, NULL),
    ('Nach dem Stichtag.', 'after_cut_off', NULL, NULL),
    ('Die Auszahlungen an diesen Partner sind angehalten.', 'partner_stopped', NULL, NULL),
    ('Rückforderungen über der Grenze je Lauf; sie folgen später.', 'clawback_limit', NULL, NULL),
    ('Der Saldo ist {net:cents}; er wird vorgetragen (Übertrag).', 'not_above_zero', E'^Der Saldo ist (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€; er wird vorgetragen \\(Übertrag\\)\\.$', '{net:cents}'),
    ('{net:cents} liegen unter der Mindestauszahlung von {minimum:cents} (Übertrag).', 'below_minimum', E'^(-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ liegen unter der Mindestauszahlung von (-?[0-9]{1,3}(?:\\.[0-9]{3})*,[0-9]{2}).€ \\(Übertrag\\)\\.$', '{net:cents,minimum:cents}'),
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
    ('Der Zugang gehört zu einer anderen lexoffice-Organisation, und Belege der bisherigen sind noch offen.', 'other_organization', NULL, NULL),
    ('Ersetzt durch eine neuere Angabe.', 'replaced_by_newer', NULL, NULL);

-- States: who may follow whom (rules.md, States), kept by one trigger, remembered in one table.
CREATE TABLE state_arrows (
    subject    text NOT NULL,
    from_state text NOT NULL,  -- '' is the beginning
    to_state   text NOT NULL,
    PRIMARY KEY (subject, from_state, to_state)
);
GRANT SELECT ON state_arrows TO partnerdesk_app;
INSERT INTO state_arrows (subject, from_state, to_state) VALUES
    ('bank_runs', '', 'draft'),
    ('bank_runs', 'approved', 'cancelled'),
    ('bank_runs', 'approved', 'draft'),
    ('bank_runs', 'approved', 'exported'),
    ('bank_runs', 'draft', 'approved'),
    ('bank_runs', 'draft', 'cancelled'),
    ('bank_runs', 'exported', 'cancelled'),
    ('bank_runs', 'exported', 'confirmed'),
    ('commissions', '', 'approved'),
    ('commissions', '', 'pending'),
    ('commissions', 'approved', 'in_payout'),
    ('commissions', 'approved', 'pending'),
    ('commissions', 'approved', 'reversed'),
    ('commissions', 'in_payout', 'approved'),
    ('commissions', 'in_payout', 'paid'),
    ('commissions', 'pending', 'approved'),
    ('commissions', 'pending', 'reversed'),
    ('commissions', 'reversed', 'approved'),
    ('commissions', 'reversed', 'pending'),
    ('payout_runs', '', 'running'),
    ('payout_runs', 'running', 'cancelled'),
    ('payout_runs', 'running', 'done'),
    ('payouts', '', 'awaiting_approval'),
    ('payouts', 'approved', 'awaiting_approval'),
    ('payouts', 'approved', 'cancelled'),
    ('payouts', 'approved', 'credit_note_open'),
    ('payouts', 'approved', 'outcome_unknown'),
    ('payouts', 'awaiting_approval', 'approved'),
    ('payouts', 'awaiting_approval', 'cancelled'),
    ('payouts', 'awaiting_approval', 'rejected'),
    ('payouts', 'credit_note_open', 'cancelled'),
    ('payouts', 'credit_note_open', 'paid'),
    ('payouts', 'credit_note_open', 'returned'),
    ('payouts', 'outcome_unknown', 'cancelled'),
    ('payouts', 'outcome_unknown', 'credit_note_open'),
    ('payouts', 'paid', 'returned'),
    ('payouts', 'returned', 'cancelled'),
    ('payouts', 'returned', 'paid'),
    ('payouts', 'returned', 'settled_manually'),
    ('transactions', '', 'pending'),
    ('transactions', 'approved', 'pending'),
    ('transactions', 'approved', 'refunded'),
    ('transactions', 'pending', 'approved'),
    ('transactions', 'pending', 'refunded'),
    ('transactions', 'refunded', 'approved'),
    ('transactions', 'refunded', 'pending');

CREATE TABLE state_changes (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    subject    text NOT NULL,
    subject_id uuid NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    cause      text,  -- set_config('app.cause', …): 'event:17', 'decision:…', 'stripe:…'
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX state_changes_by_time ON state_changes (tenant_id, subject, changed_at) INCLUDE (to_state, subject_id);
CREATE INDEX state_changes_tenant_id_subject_id_seq_idx ON state_changes (tenant_id, subject_id, seq);
SELECT protect_tenant_table('state_changes', rights => 'SELECT, INSERT');

CREATE TABLE tasks (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    kind          text NOT NULL,
    subject       text NOT NULL,  -- 'payout', 'transaction', 'event', 'document', 'connection'
    subject_id    text NOT NULL,
    reason        text NOT NULL,  -- one German sentence: fixed phrases and numbers
    detail        jsonb NOT NULL DEFAULT '{}',
    links         jsonb NOT NULL DEFAULT '{}',
    actions       text[] NOT NULL CHECK (cardinality(actions) > 0),
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    resolved_at   timestamptz,
    resolved_by   text,
    resolution    jsonb,
    reason_code   text,
    reason_params jsonb,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX a_task_is_asked_once ON tasks (tenant_id, kind, subject, subject_id) WHERE state = 'open';
CREATE INDEX tasks_about ON tasks (tenant_id, subject, subject_id, seq);
CREATE INDEX tasks_tenant_id_state_seq_idx ON tasks (tenant_id, state, seq);
SELECT protect_tenant_table('tasks');

-- connections ---------------------------------------------------------------------------------------------------------

-- A person was sent to lexoffice and may come back once, in the same session, within ten minutes.
CREATE TABLE oauth_consents (
    tenant_id          uuid NOT NULL REFERENCES tenants,
    id                 uuid NOT NULL DEFAULT gen_random_uuid(),
    state_hmac         bytea NOT NULL UNIQUE CHECK (length(state_hmac) = 32),
    session_id         uuid NOT NULL,
    verifier_encrypted bytea NOT NULL,
    started_at         timestamptz NOT NULL DEFAULT now(),
    used_at            timestamptz,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('oauth_consents', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- One row per tenant and provider exists from the tenant's first day, so that 'skipped' can be decided under a
-- lock on it: receiving an event takes FOR SHARE, adding a key FOR UPDATE.
CREATE TABLE provider_connections (
    tenant_id                    uuid NOT NULL REFERENCES tenants,
    provider                     text NOT NULL CHECK (provider IN ('lexoffice', 'stripe')),
    state                        text NOT NULL DEFAULT 'unconnected'
        CHECK (state IN ('unconnected', 'connected', 'broken')),
    state_reason                 text,
    secret_encrypted             bytea,  -- lexoffice: API key; stripe: webhook signing secret
    secret_last4                 text,
    secret_saved_at              timestamptz,
    organization_id              uuid,  -- pinned on the first connection
    connection_id                uuid,  -- names the connection in token.revoked
    company_name                 text,
    tax_type                     text,
    small_business               boolean,
    profile                      jsonb,
    effective_from               date,  -- cut-over: earlier invoices are ignored
    requires_signature           boolean NOT NULL DEFAULT false,
    credit_note_notice_confirmed_by text,  -- "lexoffice books a credit note as a Rechnungskorrektur"
    credit_note_notice_confirmed_at timestamptz,
    checked_at                   timestamptz,
    oauth_connected_at           timestamptz,  -- NULL: nothing was granted
    oauth_connected_by           text,
    oauth_connection_id          uuid,  -- names the grant in token.revoked
    oauth_scopes                 text,
    uses_oauth                   boolean NOT NULL DEFAULT false,
    has_credential               boolean NOT NULL
        GENERATED ALWAYS AS (secret_encrypted IS NOT NULL OR oauth_connected_at IS NOT NULL) STORED,
    state_reason_code            text,
    state_reason_params          jsonb,
    PRIMARY KEY (tenant_id, provider),
    CHECK ((secret_encrypted IS NULL) = (secret_last4 IS NULL)),
    CONSTRAINT what_is_used_was_granted CHECK (NOT uses_oauth OR oauth_connected_at IS NOT NULL)
);
CREATE UNIQUE INDEX an_organization_belongs_to_one_tenant ON provider_connections (provider, organization_id)
    WHERE organization_id IS NOT NULL;
SELECT protect_tenant_table('provider_connections');
SELECT allow_lookup('provider_connections');

-- One row per tenant: the next instant at which lexoffice may be called, and the documents created.
CREATE TABLE api_budgets (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    provider         text NOT NULL,
    next_free_at     timestamptz NOT NULL DEFAULT '-infinity',
    next_creation_at timestamptz NOT NULL DEFAULT '-infinity',
    creations_year   integer NOT NULL DEFAULT 0,
    creations        integer NOT NULL DEFAULT 0,
    unproven_hour    timestamptz NOT NULL DEFAULT '-infinity',
    unproven         integer NOT NULL DEFAULT 0,  -- unknown documents taken up within that hour
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
) WITH (fillfactor=50);
SELECT protect_tenant_table('api_budgets');

-- Requests to a provider, by the hour. Whoever takes a slot holds the row of its budget, so nobody waits here.
CREATE TABLE api_usage (
    tenant_id uuid NOT NULL REFERENCES tenants,
    provider  text NOT NULL,
    hour      timestamptz NOT NULL,
    requests  integer NOT NULL CHECK (requests > 0),
    PRIMARY KEY (tenant_id, provider, hour),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
) WITH (fillfactor=50);
SELECT protect_tenant_table('api_usage');

CREATE TABLE oauth_tokens (
    tenant_id               uuid NOT NULL REFERENCES tenants,
    provider                text NOT NULL,
    -- Another number for each pair there ever was: who finds another one than the one that was refused need not
    -- refresh.
    generation              bigint NOT NULL DEFAULT nextval('oauth_generations'::regclass),
    refresh_token_encrypted bytea NOT NULL,
    access_token_encrypted  bytea NOT NULL,
    obtained_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    access_expires_at       timestamptz NOT NULL,
    failures                integer NOT NULL DEFAULT 0,  -- refreshes in a row that nobody answered
    not_before              timestamptz,  -- the next one waits until then
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('oauth_tokens', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- After a restore nothing is created at lexoffice before its numbers were compared with the ledger's. `word` is the
-- value of PARTNERDESK_RECOVERY: a check of an earlier recovery, which the backup may hold, does not count.
CREATE TABLE recovery_checks (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    word             text NOT NULL,
    checked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by       text NOT NULL,
    differences      integer NOT NULL CHECK (differences >= 0),
    accepted_because text,  -- a person answers for what differs
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX recovery_checks_tenant_id_checked_at_idx ON recovery_checks (tenant_id, checked_at);
SELECT protect_tenant_table('recovery_checks', rights => 'SELECT, INSERT');

-- The engine keeps a sweep for each connected tenant, and a payout run for each that has a day. Which of them are still
-- to be set as the ledger says: written by what they follow, removed by who has set them
-- (ledger/connections/wanted_schedules.py).
CREATE TABLE schedules_wanted (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind      text NOT NULL CHECK (kind IN ('sweep', 'payout_run')),
    wanted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, kind)
);
CREATE INDEX schedules_to_set ON schedules_wanted (wanted_at);
SELECT protect_tenant_table('schedules_wanted', rights => 'SELECT, INSERT, UPDATE, DELETE');
SELECT allow_lookup('schedules_wanted');

CREATE TABLE webhook_tokens (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    provider   text NOT NULL,
    token_hmac bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    kind       text NOT NULL CHECK (kind IN ('chosen', 'subscription')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,  -- the end of the grace time after a rotation
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('webhook_tokens');
SELECT allow_lookup('webhook_tokens');

-- One row for each token that we minted for a subscription. lexoffice keeps the token in the address it calls; here
-- is its HMAC only (webhook_tokens), and which subscription carries it.
CREATE TABLE event_subscriptions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    token_id        uuid NOT NULL,
    event_type      text NOT NULL CHECK (length(event_type) <= 200),
    address         text NOT NULL,  -- without the token
    subscription_id uuid,  -- NULL: asked for, and not answered or seen yet
    created_at      timestamptz NOT NULL DEFAULT now(),
    seen_at         timestamptz,  -- lexoffice last listed it
    ended_at        timestamptz,
    PRIMARY KEY (tenant_id, token_id),
    FOREIGN KEY (tenant_id, token_id) REFERENCES webhook_tokens
);
CREATE UNIQUE INDEX one_token_per_subscription ON event_subscriptions (tenant_id, subscription_id)
    WHERE subscription_id IS NOT NULL;
SELECT protect_tenant_table('event_subscriptions');

-- programme -----------------------------------------------------------------------------------------------------------

CREATE TABLE campaigns (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    slug       text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    hold_days  integer CHECK (hold_days BETWEEN 0 AND 365),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);
SELECT protect_tenant_table('campaigns');

CREATE TABLE partners (
    tenant_id              uuid NOT NULL REFERENCES tenants,
    id                     uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                    bigint GENERATED ALWAYS AS IDENTITY,
    code                   text NOT NULL CHECK (code ~ '^[A-Z0-9_-]{1,32}$'),
    name                   text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email                  text,
    status                 text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
    sponsor_id             uuid,
    campaign_id            uuid,
    lexoffice_contact_id   uuid,
    supplement             text,
    street                 text,
    zip                    text,
    city                   text,
    country_code           text CHECK (country_code ~ '^[A-Z]{2}$'),
    agreement_accepted_at  timestamptz,  -- the agreement on self-billing, § 14 Abs. 2 Satz 5 UStG
    agreement_version      text,
    minimum_payout_cents   bigint CHECK (minimum_payout_cents >= 0),
    last_edited_by         text,
    created_at             timestamptz NOT NULL DEFAULT now(),
    -- A partner whose payouts a person has stopped. Whoever lifts another hold (an account in force,
    -- "zurückgestellt") uncovers this one again.
    payouts_stopped_reason text CHECK (length(payouts_stopped_reason) BETWEEN 1 AND 500),
    payouts_stopped_by     text,
    payouts_stopped_at     timestamptz,
    leaving_since          timestamptz,  -- Schlussabrechnung: the minimum no longer holds, the hold does.
    sought                 text COLLATE "C"
        GENERATED ALWAYS AS (folded((((code || ' ') || name) || ' ') || COALESCE(email, ''))) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, sponsor_id) REFERENCES partners,
    CHECK (sponsor_id <> id),
    CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_at IS NULL)),
    CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_by IS NULL))
);
CREATE UNIQUE INDEX a_contact_is_one_partner ON partners (tenant_id, lexoffice_contact_id)
    WHERE lexoffice_contact_id IS NOT NULL;
CREATE INDEX partners_tenant_id_seq_idx ON partners (tenant_id, seq);
CREATE INDEX partners_tenant_id_sponsor_id_idx ON partners (tenant_id, sponsor_id);
SELECT protect_tenant_table('partners');

-- Where a partner was to be reached before: who takes over an account changes the address first.
CREATE TABLE partner_addresses_before (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    partner_id uuid NOT NULL,
    email      text NOT NULL,
    until      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
CREATE INDEX partner_addresses_before_tenant_id_partner_id_until_idx ON partner_addresses_before (tenant_id,
    partner_id, until);
CREATE INDEX partner_addresses_by_age ON partner_addresses_before (until);
SELECT protect_tenant_table('partner_addresses_before', rights => 'SELECT, INSERT');
CREATE POLICY functions ON partner_addresses_before TO CURRENT_USER USING (true) WITH CHECK (true);

-- The tree as it was: a commission's chain is that of the instant of the sale, also when the invoice comes later.
CREATE TABLE partner_history (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    partner_id  uuid NOT NULL,
    valid_from  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    sponsor_id  uuid,
    status      text NOT NULL,
    campaign_id uuid,
    PRIMARY KEY (tenant_id, partner_id, seq),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
SELECT protect_tenant_table('partner_history', rights => 'SELECT, INSERT');

-- A partner's personal link: works once, and becomes a cookie for 30 days. Of both there are hashes only.
CREATE TABLE partner_links (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id        uuid NOT NULL,
    token_hmac        bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    created_by        text NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL DEFAULT now() + '30 days'::interval,
    cookie_hmac       bytea UNIQUE CHECK (length(cookie_hmac) = 32),
    used_at           timestamptz,
    cookie_expires_at timestamptz,
    revoked_at        timestamptz,
    revoked_by        text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((used_at IS NULL) = (cookie_hmac IS NULL)),
    CHECK ((used_at IS NULL) = (cookie_expires_at IS NULL)),
    CHECK (expires_at <= (created_at + '30 days'::interval)),
    CHECK (cookie_expires_at <= (used_at + '30 days'::interval)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX partner_links_tenant_id_partner_id_created_at_idx ON partner_links (tenant_id, partner_id, created_at);
SELECT protect_tenant_table('partner_links');
SELECT allow_lookup('partner_links');

-- A plan is the campaign's rates from a date on; a new version never changes what an older one has paid.
CREATE TABLE plans (
    tenant_id                 uuid NOT NULL REFERENCES tenants,
    id                        uuid NOT NULL DEFAULT gen_random_uuid(),
    campaign_id               uuid NOT NULL,
    valid_from                timestamptz NOT NULL DEFAULT '-infinity',
    cash_discount_lowers_base boolean NOT NULL DEFAULT false,
    created_at                timestamptz NOT NULL DEFAULT now(),
    recorded_by               text,
    version                   integer CHECK (version > 0),
    tier_mode                 text CHECK (tier_mode IN ('flat', 'graduated')),
    max_payments              integer CHECK (max_payments > 0),  -- of one customer or subscription
    cap_per_month_cents       bigint CHECK (cap_per_month_cents > 0),  -- per partner, all levels together
    -- Something is left for the month's close.
    closes_monthly            boolean NOT NULL
        GENERATED ALWAYS AS (tier_mode IS NOT NULL OR cap_per_month_cents IS NOT NULL) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, campaign_id, valid_from),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    CONSTRAINT a_plan_has_a_version CHECK (version IS NOT NULL)
);
CREATE INDEX plans_to_close ON plans (tenant_id, id) WHERE closes_monthly;
CREATE UNIQUE INDEX versions_of_a_campaign ON plans (tenant_id, campaign_id, version);
SELECT protect_tenant_table('plans', rights => 'SELECT, INSERT');

CREATE TABLE plan_levels (
    tenant_id          uuid NOT NULL REFERENCES tenants,
    plan_id            uuid NOT NULL,
    level              smallint NOT NULL CHECK (level BETWEEN 1 AND 10),
    percent            numeric(7,4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents        bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    cap_per_sale_cents bigint CHECK (cap_per_sale_cents > 0),
    PRIMARY KEY (tenant_id, plan_id, level),
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    CHECK (percent > 0 OR fixed_cents > 0)
);
SELECT protect_tenant_table('plan_levels', rights => 'SELECT, INSERT');

-- From this monthly revenue on. Below the first tier the level's own rate holds.
CREATE TABLE plan_tiers (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    plan_id     uuid NOT NULL,
    level       smallint NOT NULL,
    from_cents  bigint NOT NULL CHECK (from_cents > 0),
    percent     numeric(7,4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    PRIMARY KEY (tenant_id, plan_id, level, from_cents),
    FOREIGN KEY (tenant_id, plan_id, level) REFERENCES plan_levels
);
SELECT protect_tenant_table('plan_tiers', rights => 'SELECT, INSERT');

-- tax -----------------------------------------------------------------------------------------------------------------

-- What a partner was for tax purposes, and when. A small business counts only in the year it was confirmed for.
CREATE TABLE partner_tax_statuses (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id     uuid NOT NULL,
    status         text NOT NULL
        CHECK (status IN ('regular', 'small_business', 'private', 'eu_business', 'third_country')),
    valid_from     date NOT NULL,
    valid_until    date,  -- exclusive
    vat_id         text,
    tax_number     text,
    confirmed_year smallint,
    recorded_by    text,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (valid_until IS NULL OR valid_until > valid_from),
    CHECK (status <> 'small_business' OR confirmed_year IS NOT NULL)
);
CREATE INDEX partner_tax_statuses_tenant_id_partner_id_valid_from_idx ON partner_tax_statuses (tenant_id, partner_id,
    valid_from);
SELECT protect_tenant_table('partner_tax_statuses');

-- sales ---------------------------------------------------------------------------------------------------------------

CREATE TABLE customers (
    tenant_id            uuid NOT NULL REFERENCES tenants,
    id                   uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                  bigint GENERATED ALWAYS AS IDENTITY,
    external_id          text,
    email                text,
    name                 text,
    lexoffice_contact_id uuid,
    assigned_partner_id  uuid,
    created_at           timestamptz NOT NULL DEFAULT now(),
    sought               text COLLATE "C"
        GENERATED ALWAYS AS (folded((((COALESCE(name, '') || ' ') || COALESCE(email, '')) || ' ') ||
        COALESCE(external_id, ''))) STORED,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, assigned_partner_id) REFERENCES partners
);
CREATE INDEX customers_of_a_partner ON customers (tenant_id, assigned_partner_id, seq)
    WHERE assigned_partner_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_external_id_idx ON customers (tenant_id, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_lexoffice_contact_id_idx ON customers (tenant_id, lexoffice_contact_id)
    WHERE lexoffice_contact_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_lower_idx ON customers (tenant_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX customers_tenant_id_seq_idx ON customers (tenant_id, seq);
SELECT protect_tenant_table('customers');

CREATE TABLE transactions (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    source              text NOT NULL CHECK (source IN ('stripe', 'lexoffice', 'api')),
    state               text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'refunded')),
    payment_intent      text,  -- what an invoice may name as its order reference, beside our own id
    checkout_session    text,
    order_reference     text,
    customer_id         uuid,
    customer_contact_id uuid,
    customer_email      text,
    partner_id          uuid,  -- NULL: nobody brought this sale
    campaign_id         uuid,
    plan_id             uuid,
    currency            text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    -- what commissions are computed from: net, once final
    base_cents          bigint NOT NULL CHECK (base_cents >= 0),
    tax_cents           bigint NOT NULL DEFAULT 0,
    gross_cents         bigint NOT NULL CHECK (gross_cents >= 0),
    provisional         boolean NOT NULL,  -- true until the invoice (or its own tax data) says what the net is
    paid_cents          bigint NOT NULL DEFAULT 0 CHECK (paid_cents >= 0),
    refunded_cents      bigint NOT NULL DEFAULT 0,
    sold_at             timestamptz NOT NULL,
    paid_at             timestamptz,
    address             jsonb,
    line_items          jsonb,
    state_reason        text,
    held_reason         text,  -- "Eigenkauf", a dispute
    blocked_reason      text,  -- the invoice is voided and may yet be replaced
    created_at          timestamptz NOT NULL DEFAULT now(),
    -- Which payment of its customer or subscription a sale is, counted in the order in which they were recorded.
    subscription        text CHECK (length(subscription) BETWEEN 1 AND 255),
    payment_number      integer CHECK (payment_number > 0),
    -- The invoice says one thing, the payment provider may have given everything back: both are kept, the state is
    -- theirs.
    invoice_state       text CHECK (invoice_state IN ('pending', 'approved', 'refunded')),
    credited_cents      bigint NOT NULL DEFAULT 0 CHECK (credited_cents >= 0),
    refund_cause        text,  -- of the newest change that took something back
    refund_document     text,
    replacement_until   timestamptz,
    -- The checkout of a subscription names no payment, its first payment names no checkout; both name the provider's
    -- invoice.
    provider_invoice    text CHECK (length(provider_invoice) BETWEEN 1 AND 255),
    -- What of an invoice is off the base and was never paid, gross: written off, or a discount that lowers the base.
    -- Refunds are a share of what was paid. Sales that are known already get it when their invoice is fetched again.
    written_off_cents   bigint NOT NULL DEFAULT 0 CHECK (written_off_cents >= 0),
    open_holds          text[],
    state_reason_code   text,
    state_reason_params jsonb,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    CHECK (refunded_cents BETWEEN 0 AND gross_cents)
);
CREATE UNIQUE INDEX one_sale_per_checkout_session ON transactions (tenant_id, checkout_session)
    WHERE checkout_session IS NOT NULL;
CREATE UNIQUE INDEX one_sale_per_order_reference ON transactions (tenant_id, order_reference)
    WHERE order_reference IS NOT NULL;
CREATE UNIQUE INDEX one_sale_per_payment_intent ON transactions (tenant_id, payment_intent)
    WHERE payment_intent IS NOT NULL;
CREATE INDEX replacement_windows ON transactions (tenant_id, replacement_until) WHERE replacement_until IS NOT NULL;
CREATE INDEX sales_by_amount ON transactions (tenant_id, gross_cents, seq);
CREATE INDEX sales_by_time ON transactions (tenant_id, state, sold_at, seq);
CREATE INDEX sales_held ON transactions (tenant_id, state) WHERE open_holds IS NOT NULL;
CREATE INDEX sales_of_a_campaign ON transactions (tenant_id, campaign_id, state, sold_at, seq);
CREATE INDEX sales_of_a_customer ON transactions (tenant_id, customer_id, state, sold_at, seq)
    WHERE customer_id IS NOT NULL;
CREATE INDEX sales_of_a_partner ON transactions (tenant_id, partner_id, state, sold_at, seq);
CREATE INDEX sales_of_a_provider_invoice ON transactions (tenant_id, provider_invoice)
    WHERE provider_invoice IS NOT NULL;
CREATE INDEX sales_of_a_subscription ON transactions (tenant_id, subscription) WHERE subscription IS NOT NULL;
CREATE INDEX sales_that_stand_still ON transactions (tenant_id, state)
    WHERE held_reason IS NOT NULL OR blocked_reason IS NOT NULL;
CREATE INDEX transactions_tenant_id_partner_id_seq_idx ON transactions (tenant_id, partner_id, seq);
CREATE INDEX transactions_tenant_id_seq_idx ON transactions (tenant_id, seq);
CREATE INDEX transactions_tenant_id_sold_at_idx ON transactions (tenant_id, sold_at) WHERE state = 'pending';
SELECT protect_tenant_table('transactions');

-- What was said about money that went back, by whom and when. Each source says its newest word; the sum is the sale's.
CREATE TABLE refunds (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    transaction_id uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('charge', 'refund_failed', 'dispute', 'credit_note')),
    reference      text NOT NULL,  -- payment intent, refund or dispute at the payment provider; id of a credit note
    document       text,  -- what people call it: number of the credit note
    cents          bigint NOT NULL CHECK (cents >= 0),  -- gross; of a charge: all of it up to then
    of_cents       bigint,  -- of a charge or dispute: the whole charge
    counts         boolean NOT NULL,  -- false: a dispute that is open or won, a credit note that was voided
    is_open        boolean NOT NULL DEFAULT false,
    as_of          timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, reference),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions
);
CREATE INDEX refunds_tenant_id_transaction_id_idx ON refunds (tenant_id, transaction_id);
SELECT protect_tenant_table('refunds');

CREATE TABLE sale_holds (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    transaction_id uuid NOT NULL,
    code           text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),  -- own_purchase, dispute, invoice_voided, …
    params         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    since          timestamptz NOT NULL DEFAULT now(),
    set_by         text NOT NULL DEFAULT who_acts(),
    released_at    timestamptz,
    released_by    text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX a_sale_is_held_once_for_a_reason ON sale_holds (tenant_id, transaction_id, code)
    WHERE released_at IS NULL;
CREATE INDEX sale_holds_tenant_id_transaction_id_since_idx ON sale_holds (tenant_id, transaction_id, since);
SELECT protect_tenant_table('sale_holds', rights => 'SELECT, INSERT');
GRANT UPDATE (released_at, released_by) ON sale_holds TO partnerdesk_app;

-- commissions ---------------------------------------------------------------------------------------------------------

CREATE TABLE commissions (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    kind           text NOT NULL DEFAULT 'sale'
        CHECK (kind IN ('sale', 'clawback', 'reissue', 'correction', 'month_close')),
    transaction_id uuid,
    partner_id     uuid NOT NULL,
    level          smallint NOT NULL CHECK (level BETWEEN 1 AND 10),
    plan_id        uuid,
    percent        numeric(7,4) NOT NULL DEFAULT 0,
    fixed_cents    bigint NOT NULL DEFAULT 0,
    base_cents     bigint NOT NULL,
    net_cents      bigint NOT NULL,
    state          text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'approved', 'in_payout', 'paid', 'reversed')),
    provisional    boolean NOT NULL,
    service_date   date NOT NULL,  -- of the sale, Europe/Berlin: decides the partner's tax status
    origin_id      uuid,  -- of a clawback or a reissue: the commission it answers
    created_at     timestamptz NOT NULL DEFAULT now(),
    recorded_by    text,  -- of a line that a person wrote
    calculation    jsonb,  -- `calculation` explains the amount: plan version, level, rule, in words and in numbers.
    campaign_id    uuid,  -- of a month's close, which has no sale
    month          date,
    month_part     integer,
    free_from      timestamptz,  -- of a line without a sale: when its hold begins
    -- `earned_cents` is the whole, before refunds; what is open is lowered in `net_cents`, what is settled is
    -- answered by a negative row. `reissued_of`: its payout came back, so it counts no more and this row stands in
    -- for it.
    earned_cents   bigint,
    cause          text,
    cause_document text,
    tax_case       text CHECK (tax_case IN ('regular', 'small_business', 'private')),
    reissued_of    uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, origin_id) REFERENCES commissions,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    FOREIGN KEY (tenant_id, reissued_of) REFERENCES commissions,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CONSTRAINT a_commission_has_its_whole CHECK (earned_cents IS NOT NULL),
    CONSTRAINT a_line_has_its_sale_or_its_month
        CHECK (CASE
        WHEN month IS NULL THEN transaction_id IS NOT NULL AND kind <> 'month_close' AND month_part IS NULL ELSE
        transaction_id IS NULL AND campaign_id IS NOT NULL AND month_part IS NOT NULL AND (kind IN ('month_close',
        'correction', 'reissue')) END),
    CHECK ((kind IN ('correction', 'month_close')) OR (kind = 'clawback') = (net_cents < 0)),
    CHECK ((kind IN ('clawback', 'reissue')) = (origin_id IS NOT NULL))
);
CREATE INDEX commissions_by_day ON commissions (tenant_id, state, service_date, seq);
CREATE INDEX commissions_not_settled ON commissions (tenant_id, partner_id, seq)
    WHERE state IN ('pending', 'approved');
CREATE INDEX commissions_of_a_partner ON commissions (tenant_id, partner_id, state, service_date, seq)
    INCLUDE (net_cents);
CREATE INDEX commissions_of_a_plan ON commissions (tenant_id, plan_id, state, service_date, seq);
-- Lists begin at a key and read on in the order of an index. Whatever is filtered for stands before the order;
-- lists without a state read each state's part and merge them.
CREATE INDEX commissions_of_a_sale ON commissions (tenant_id, transaction_id, level, seq);
CREATE INDEX commissions_tenant_id_origin_id_idx ON commissions (tenant_id, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX commissions_tenant_id_seq_idx ON commissions (tenant_id, seq);
CREATE INDEX lines_of_a_month ON commissions (tenant_id, campaign_id, month) WHERE month IS NOT NULL;
CREATE UNIQUE INDEX one_commission_per_sale_and_level ON commissions (tenant_id, transaction_id, level)
    WHERE kind = 'sale';
CREATE UNIQUE INDEX one_line_per_settlement ON commissions (tenant_id, partner_id, campaign_id, month, month_part)
    WHERE kind = 'month_close';
CREATE INDEX open_commissions ON commissions (tenant_id, state)
    INCLUDE (net_cents)
    WHERE state IN ('pending', 'approved', 'in_payout');
CREATE UNIQUE INDEX reissued_once ON commissions (tenant_id, reissued_of) WHERE reissued_of IS NOT NULL;
SELECT protect_tenant_table('commissions');

-- What a commission was worth before: a provisional one is computed again when its invoice comes.
CREATE TABLE commission_amounts_before (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions
);
CREATE INDEX commission_amounts_before_tenant_id_commission_id_seq_idx ON commission_amounts_before (tenant_id,
    commission_id, seq);
SELECT protect_tenant_table('commission_amounts_before', rights => 'SELECT, INSERT');

-- A bonus or a correction: written by one person, and worth nothing until a second one has confirmed it.
CREATE TABLE manual_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    commission_id   uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('bonus', 'correction')),
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    decided_by      text,
    decided_at      timestamptz,
    confirmed       boolean,
    confirmed_alone boolean NOT NULL DEFAULT false,
    refused_reason  text,
    PRIMARY KEY (tenant_id, commission_id),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    CONSTRAINT a_line_is_confirmed_by_a_second_person
        CHECK (NOT confirmed OR decided_by <> recorded_by OR confirmed_alone),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (confirmed IS NULL))
);
SELECT protect_tenant_table('manual_lines');

CREATE TABLE month_closes (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    month           date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    first_closed_at timestamptz NOT NULL DEFAULT now(),
    last_closed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, month)
);
SELECT protect_tenant_table('month_closes');

-- One settlement per partner, campaign and month; what changes later makes a further part.
CREATE TABLE month_settlements (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    partner_id       uuid NOT NULL,
    campaign_id      uuid NOT NULL,
    month            date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    part             integer NOT NULL CHECK (part > 0),
    due_cents        bigint NOT NULL,  -- what the month is worth, now that it is known
    given_cents      bigint NOT NULL,  -- by the commissions of its sales
    settled_cents    bigint NOT NULL,  -- by earlier parts
    difference_cents bigint NOT NULL,
    detail           jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, partner_id, campaign_id, month, part),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (difference_cents = (due_cents - given_cents - settled_cents) AND difference_cents <> 0)
);
SELECT protect_tenant_table('month_settlements', rights => 'SELECT, INSERT');

-- documents -----------------------------------------------------------------------------------------------------------

-- The row that forbids a second POST (engine.md, Creating a document). Open while closed_at is null.
CREATE TABLE creation_intents (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    kind            text NOT NULL CHECK (kind IN ('credit-note', 'invoice')),
    payout_id       uuid,
    transaction_id  uuid,
    marker          text NOT NULL,
    organization_id uuid NOT NULL,
    content         jsonb NOT NULL,  -- the document as it is sent, voucherDate included
    content_hash    text NOT NULL,
    net_cents       bigint NOT NULL,
    gross_cents     bigint NOT NULL,
    attempt         integer NOT NULL DEFAULT 0,
    sent_at         timestamptz,
    deadline        timestamptz,
    refused_at      timestamptz,
    refused_reason  text,
    unclear_at      timestamptz,
    empty_searches  integer NOT NULL DEFAULT 0,
    resource_id     uuid,
    announced_at    timestamptz,  -- of an invoice: its workflow was told to the engine
    closed_at       timestamptz,  -- adopted, created and read back, or given up as provably not made
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- An intent whose document was found, or named by a person, after the answer was lost: it must prove to be the
    -- one that was sent when it is read back (rules.md, The marker). What lexoffice's own answer named needs no
    -- proof.
    adopted         boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, marker),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((kind = 'credit-note') = (payout_id IS NOT NULL)),
    CHECK ((kind = 'invoice') = (transaction_id IS NOT NULL)),
    CHECK ((sent_at IS NULL) = (deadline IS NULL))
);
-- Thousands of payouts are judged together: which intent made their credit note?
CREATE INDEX intents_of_a_payout ON creation_intents (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX intents_without_an_id ON creation_intents (tenant_id) WHERE resource_id IS NULL AND closed_at IS NULL;
CREATE INDEX invoices_to_announce ON creation_intents (created_at) WHERE kind = 'invoice' AND announced_at IS NULL;
CREATE UNIQUE INDEX one_open_intent_per_payout ON creation_intents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX one_open_intent_per_sale ON creation_intents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND closed_at IS NULL;
SELECT protect_tenant_table('creation_intents');
SELECT allow_lookup('creation_intents');

CREATE TABLE credit_note_papers (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    provider    text NOT NULL DEFAULT 'lexoffice',
    resource_id uuid NOT NULL,
    payout_id   uuid NOT NULL,
    content     bytea NOT NULL
        CHECK (length(content) <= 10485760 AND SUBSTRING(content FROM 1 FOR 5) = '\x255044462d'::bytea),
    sha256      bytea NOT NULL,
    fetched_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, resource_id),
    CHECK (sha256 = sha256(content))
);
CREATE INDEX credit_note_papers_tenant_id_payout_id_idx ON credit_note_papers (tenant_id, payout_id);
SELECT protect_tenant_table('credit_note_papers', rights => 'SELECT, INSERT');

-- What lexoffice said, whole, as evidence: append-only.
CREATE TABLE document_snapshots (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    provider    text NOT NULL DEFAULT 'lexoffice',
    resource    text NOT NULL CHECK (resource IN ('invoice', 'credit-note', 'payments', 'contact', 'profile')),
    resource_id uuid NOT NULL,
    body        text NOT NULL,  -- byte for byte
    sha256      bytea NOT NULL,
    fetched_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX document_snapshots_tenant_id_resource_id_resource_fetched_a_idx ON document_snapshots (tenant_id,
    resource_id, resource, fetched_at DESC);
SELECT protect_tenant_table('document_snapshots', rights => 'SELECT, INSERT');

CREATE TABLE external_documents (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    provider            text NOT NULL DEFAULT 'lexoffice',
    organization_id     uuid NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('invoice', 'credit-note')),
    resource_id         uuid NOT NULL,
    voucher_number      text,
    payout_id           uuid,
    transaction_id      uuid,
    status              text,
    version             integer,
    document_updated_at timestamptz,
    net_cents           bigint,
    tax_cents           bigint,
    gross_cents         bigint,
    open_cents          bigint,
    created_totals      jsonb,  -- {net_cents, tax_cents, gross_cents} as first read back after our POST
    last_snapshot_id    uuid,
    last_payments_id    uuid,  -- NULL where the newest look did not ask for the payments
    detached_at         timestamptz,
    fetched_at          timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    seen_open_at        timestamptz,  -- When a list of open documents last showed it.
    number_sought       text COLLATE "C" GENERATED ALWAYS AS (translate(upper(voucher_number), '-_/. ', '')) STORED,
    number_backwards    text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(voucher_number), '-_/. ', ''))) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, resource_id),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK (payout_id IS NULL OR kind = 'credit-note'),
    CHECK (transaction_id IS NULL OR kind = 'invoice')
);
CREATE INDEX documents_by_amount ON external_documents (tenant_id, gross_cents);
CREATE INDEX documents_by_end_of_number ON external_documents (tenant_id, number_backwards);
CREATE INDEX documents_by_number ON external_documents (tenant_id, number_sought);
-- Looked up for one payout or partner, whatever its state; the unique ones hold only what counts now.
CREATE INDEX documents_of_a_payout ON external_documents (tenant_id, payout_id, created_at)
    WHERE payout_id IS NOT NULL;
CREATE INDEX external_documents_tenant_id_voucher_number_idx ON external_documents (tenant_id, voucher_number);
CREATE UNIQUE INDEX one_credit_note_per_payout ON external_documents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND detached_at IS NULL;
CREATE UNIQUE INDEX one_invoice_per_sale ON external_documents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND detached_at IS NULL;
SELECT protect_tenant_table('external_documents');

-- One row for each credit note whose PDF is to be fetched; the hand-over announces it.
CREATE TABLE papers_wanted (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    resource_id   uuid NOT NULL,
    payout_id     uuid NOT NULL,
    next_try_at   timestamptz NOT NULL DEFAULT now() + '00:00:10'::interval,
    announced_at  timestamptz,
    tries         integer NOT NULL DEFAULT 0,
    failed_reason text,
    failed_code   text,
    failed_params jsonb,
    PRIMARY KEY (tenant_id, resource_id)
);
CREATE INDEX papers_due ON papers_wanted (tenant_id, next_try_at);
CREATE INDEX papers_to_announce ON papers_wanted (next_try_at) WHERE announced_at IS NULL;
SELECT protect_tenant_table('papers_wanted', rights => 'SELECT, INSERT, UPDATE, DELETE');
SELECT allow_lookup('papers_wanted');

-- Credit notes of the tenant that pay no payout, as they were last fetched: whether one corrects the invoice of a sale
-- stands in its text only. What a list shows as it stands here needs no call (ledger/documents/seen_credit_notes.py).
CREATE TABLE seen_credit_notes (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    resource_id uuid NOT NULL,
    status      text NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, resource_id)
);
SELECT protect_tenant_table('seen_credit_notes');

-- payouts -------------------------------------------------------------------------------------------------------------

CREATE TABLE payout_counters (
    tenant_id uuid NOT NULL REFERENCES tenants,
    year      integer NOT NULL,
    last      integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
SELECT protect_tenant_table('payout_counters');

CREATE TABLE payout_runs (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    period        text NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$'),
    rehearsal     boolean NOT NULL,
    cut_off       timestamptz NOT NULL,  -- what was paid by the customer before this instant
    state         text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
    requested_by  text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    cancelled_by  text,
    cancel_reason text,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (ended_at IS NULL)),
    CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
);
-- A scheduled run's id ends in its time and locks nothing (engine.md, Sweep and schedules): this does.
CREATE UNIQUE INDEX one_run_per_period ON payout_runs (tenant_id, period) WHERE NOT rehearsal AND state <> 'cancelled';
CREATE INDEX payout_runs_tenant_id_seq_idx ON payout_runs (tenant_id, seq);
SELECT protect_tenant_table('payout_runs');

CREATE TABLE payouts (
    tenant_id              uuid NOT NULL REFERENCES tenants,
    id                     uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                    bigint GENERATED ALWAYS AS IDENTITY,
    number                 text NOT NULL CHECK (number ~ '^PO-[0-9]{4}-[0-9]{4,}$'),
    partner_id             uuid NOT NULL,
    provider               text NOT NULL DEFAULT 'lexoffice',
    state                  text NOT NULL DEFAULT 'awaiting_approval'
        CHECK (state IN ('awaiting_approval', 'approved', 'rejected', 'outcome_unknown', 'credit_note_open', 'paid',
        'returned', 'cancelled', 'settled_manually')),
    tax_case               text NOT NULL CHECK (tax_case IN ('regular', 'small_business', 'private')),
    currency               text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    net_cents              bigint NOT NULL,
    tax_rate               numeric(4,2) NOT NULL,
    tax_cents              bigint NOT NULL,
    gross_cents            bigint NOT NULL,
    period_from            date NOT NULL,  -- first and last service date of the lines (Leistungszeitraum)
    period_to              date NOT NULL,
    bank_details_id        uuid,
    content_hash           text NOT NULL,  -- what an approval names: partner, amounts, lines, bank details, tax case
    requested_by           text NOT NULL,
    state_reason           text,
    blocked_reason         text,  -- what keeps an approved payout from going on
    held_reason            text,
    reopened               boolean NOT NULL DEFAULT false,  -- the credit note is a draft again in lexoffice
    payment_reference      text,
    paid_on                date,
    workflow_started_at    timestamptz,
    recheck_wanted_at      timestamptz,  -- lines or state changed outside its workflow; cleared when announced
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now(),
    four_eyes_switched_off boolean NOT NULL DEFAULT false,  -- at its approval
    -- Put back by a person („zurückstellen“). Holds that the ledger itself sets have no name.
    held_by                text,
    held_at                timestamptz,
    -- How long the sales of a payout waited for it, from the customer's payment to ours: mean over its lines.
    waited_seconds         bigint,
    objected_at            timestamptz,  -- What a partner objects to. The task about it says what was answered.
    objection_reason       text CHECK (length(objection_reason) BETWEEN 1 AND 1000),
    run_id                 uuid,
    -- PO-2026-00042 is PO202600042 here, and 240006202OP from its end.
    number_sought          text COLLATE "C" GENERATED ALWAYS AS (translate(upper(number), '-_/. ', '')) STORED,
    number_backwards       text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(number), '-_/. ', ''))) STORED,
    open_holds             text[],
    blocked_code           text,
    blocked_params         jsonb,
    state_reason_code      text,
    state_reason_params    jsonb,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs,
    CHECK (gross_cents = (net_cents + tax_cents)),
    CHECK ((state IN ('cancelled', 'rejected')) OR net_cents > 0),
    CHECK (tax_rate > 0 OR tax_cents = 0),
    CHECK (state <> 'paid' OR payment_reference IS NOT NULL),
    CHECK ((held_by IS NULL) = (held_at IS NULL)),
    CHECK ((objected_at IS NULL) = (objection_reason IS NULL)),
    CHECK ((blocked_code IS NULL) = (blocked_params IS NULL)),
    CONSTRAINT what_is_paid_has_its_day CHECK (state <> 'paid' OR paid_on IS NOT NULL),
    CONSTRAINT who_puts_back_says_why CHECK (held_by IS NULL OR held_reason IS NOT NULL)
);
CREATE INDEX payouts_by_amount ON payouts (tenant_id, gross_cents, seq);
-- "Changed since yesterday" of the page Heute: each change of a payout's state touches the payout.
CREATE INDEX payouts_by_change ON payouts (tenant_id, updated_at) INCLUDE (id, gross_cents);
CREATE INDEX payouts_by_end_of_number ON payouts (tenant_id, number_backwards);
CREATE INDEX payouts_by_number ON payouts (tenant_id, number_sought);
-- Lists begin at a key and read on in the order of an index; sums by state are read from the index alone.
CREATE INDEX payouts_by_time ON payouts (tenant_id, created_at, seq);
CREATE INDEX payouts_held_or_blocked ON payouts (tenant_id, state)
    WHERE open_holds IS NOT NULL OR blocked_code IS NOT NULL;
CREATE INDEX payouts_of_a_partner ON payouts (tenant_id, partner_id, state, created_at, seq) INCLUDE (gross_cents);
CREATE INDEX payouts_of_a_run ON payouts (tenant_id, run_id, seq) WHERE run_id IS NOT NULL;
-- The page lists payouts from the newest and sums them by state; the JSON API goes by their sequence.
CREATE INDEX payouts_of_a_run_by_day ON payouts (tenant_id, run_id, created_at, seq)
    INCLUDE (state, gross_cents)
    WHERE run_id IS NOT NULL;
CREATE INDEX payouts_of_a_state ON payouts (tenant_id, state, created_at, seq) INCLUDE (gross_cents);
CREATE INDEX payouts_paid ON payouts (tenant_id, paid_on) INCLUDE (gross_cents, waited_seconds) WHERE state = 'paid';
CREATE INDEX payouts_tenant_id_partner_id_seq_idx ON payouts (tenant_id, partner_id, seq);
CREATE INDEX payouts_tenant_id_seq_idx ON payouts (tenant_id, seq);
CREATE INDEX payouts_tenant_id_state_seq_idx ON payouts (tenant_id, state, seq);
CREATE INDEX payouts_that_stand_still ON payouts (tenant_id, state)
    WHERE held_reason IS NOT NULL OR blocked_reason IS NOT NULL;
CREATE INDEX payouts_to_announce ON payouts (created_at)
    WHERE workflow_started_at IS NULL OR recheck_wanted_at IS NOT NULL;
SELECT protect_tenant_table('payouts');
SELECT allow_lookup('payouts');

-- A decision by a person: committed here first, then told to the workflow (engine.md, Decisions).
CREATE TABLE decisions (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id    uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('approve', 'reject', 'cancel', 'resolve')),
    decided_by   text NOT NULL,  -- 'key:…', 'user:…', 'engine:…'
    decided_at   timestamptz NOT NULL DEFAULT now(),
    content_hash text NOT NULL,  -- what the person saw
    reason       text,
    detail       jsonb NOT NULL DEFAULT '{}',
    delivered_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX decisions_tenant_id_payout_id_decided_at_idx ON decisions (tenant_id, payout_id, decided_at);
CREATE INDEX decisions_to_announce ON decisions (decided_at) WHERE delivered_at IS NULL;
SELECT protect_tenant_table('decisions');
SELECT allow_lookup('decisions');

CREATE TABLE payout_holds (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id   uuid NOT NULL,
    code        text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),  -- put_back, account_pending, partner_stopped, …
    params      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    since       timestamptz NOT NULL DEFAULT now(),
    set_by      text NOT NULL DEFAULT who_acts(),
    released_at timestamptz,
    released_by text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK ((released_at IS NULL) = (released_by IS NULL)),
    CHECK (code <> 'put_back' OR (params ->> 'reason') IS NOT NULL)
);
CREATE UNIQUE INDEX a_payout_is_held_once_for_a_reason ON payout_holds (tenant_id, payout_id, code)
    WHERE released_at IS NULL;
CREATE INDEX payout_holds_tenant_id_payout_id_since_idx ON payout_holds (tenant_id, payout_id, since);
SELECT protect_tenant_table('payout_holds', rights => 'SELECT, INSERT');
GRANT UPDATE (released_at, released_by) ON payout_holds TO partnerdesk_app;

CREATE TABLE payout_lines (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id     uuid NOT NULL,
    position      integer NOT NULL,
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL,
    tax_rate      numeric(4,2) NOT NULL,
    tax_cents     bigint NOT NULL,  -- this line's share of the document's tax
    gross_cents   bigint NOT NULL,
    released_at   timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, payout_id, "position"),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK (gross_cents = (net_cents + tax_cents))
);
CREATE UNIQUE INDEX a_commission_in_at_most_one_payout ON payout_lines (tenant_id, commission_id)
    WHERE released_at IS NULL;
-- The other half of a_commission_in_at_most_one_payout: the payouts that a commission was taken out of.
CREATE INDEX lines_given_back ON payout_lines (tenant_id, commission_id) WHERE released_at IS NOT NULL;
SELECT protect_tenant_table('payout_lines');

-- What people write down about a payout. Nothing is taken back.
CREATE TABLE payout_notes (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id  uuid NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    note       text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX payout_notes_tenant_id_payout_id_written_at_idx ON payout_notes (tenant_id, payout_id, written_at);
SELECT protect_tenant_table('payout_notes', rights => 'SELECT, INSERT');

CREATE TABLE payout_run_rows (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    run_id      uuid NOT NULL,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    partner_id  uuid NOT NULL,
    payout_id   uuid,  -- null in a rehearsal, and where nothing is paid
    tax_case    text,
    reason      text,  -- why nothing is paid; null for what is paid
    code        text,
    sentence    text,
    until       timestamptz,
    lines       integer NOT NULL,
    net_cents   bigint NOT NULL,
    tax_cents   bigint NOT NULL DEFAULT 0,
    gross_cents bigint NOT NULL,
    params      jsonb,
    PRIMARY KEY (tenant_id, run_id, seq),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs,
    CHECK (gross_cents = (net_cents + tax_cents)),
    CHECK ((reason IS NULL) = (tax_case IS NOT NULL)),
    CHECK ((reason IS NULL) = (sentence IS NULL)),
    CHECK (reason IS NOT NULL OR net_cents > 0)
);
CREATE UNIQUE INDEX one_payout_in_one_run ON payout_run_rows (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
-- What a run has paid a partner in one tax case, it has paid once.
CREATE UNIQUE INDEX one_payout_per_run_partner_and_tax_case ON payout_run_rows (tenant_id, run_id, partner_id,
    tax_case)
    WHERE reason IS NULL;
CREATE INDEX rows_of_a_partner ON payout_run_rows (tenant_id, run_id, partner_id);
SELECT protect_tenant_table('payout_run_rows');

-- bank ----------------------------------------------------------------------------------------------------------------

CREATE TABLE bank_run_counters (
    tenant_id uuid NOT NULL REFERENCES tenants,
    year      integer NOT NULL,
    last      integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
SELECT protect_tenant_table('bank_run_counters');

CREATE TABLE partner_bank_details (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id      uuid NOT NULL,
    account_holder  text NOT NULL CHECK (length(account_holder) BETWEEN 1 AND 70),
    iban_encrypted  bytea NOT NULL,
    iban_hmac       bytea NOT NULL,  -- finds the same IBAN on two partners without showing it
    iban_last4      text NOT NULL CHECK (iban_last4 ~ '^[A-Z0-9]{4}$'),
    bic             text,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'superseded', 'refused')),
    recorded_by     text,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    -- A new account waits for a second person; a change waits for the quarantine, too. Until then nothing is paid.
    usable_from     timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    refused_reason  text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CONSTRAINT an_account_in_use_was_confirmed CHECK (state <> 'active' OR confirmed_by IS NOT NULL),
    CONSTRAINT confirmed_by_a_second_person CHECK (confirmed_by <> recorded_by OR confirmed_alone),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
CREATE INDEX accounts_of_a_partner ON partner_bank_details (tenant_id, partner_id, recorded_at);
CREATE INDEX accounts_to_activate ON partner_bank_details (usable_from)
    WHERE state = 'pending' AND confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX one_active_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'active';
CREATE UNIQUE INDEX one_pending_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'pending';
CREATE INDEX partner_bank_details_tenant_id_iban_hmac_idx ON partner_bank_details (tenant_id, iban_hmac);
SELECT protect_tenant_table('partner_bank_details');
SELECT allow_lookup('partner_bank_details');

-- An account is changed by recording another one; a second person puts it into force.
CREATE TABLE tenant_bank_accounts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    account_holder  text NOT NULL CHECK (length(account_holder) BETWEEN 1 AND 70),
    iban_encrypted  bytea NOT NULL,
    iban_hmac       bytea NOT NULL CHECK (length(iban_hmac) = 32),
    iban_last4      text NOT NULL,
    bic             text NOT NULL,
    -- One entry on the account's statement for the whole file (a batch), or one for each payment.
    batch_booking   boolean NOT NULL DEFAULT true,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'refused', 'retired')),
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    ended_by        text,
    ended_at        timestamptz,
    ended_reason    text,
    ended_code      text,
    ended_params    jsonb,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT own_account_confirmed_by_a_second_person CHECK (confirmed_by <> recorded_by OR confirmed_alone),
    CONSTRAINT own_account_in_use_was_confirmed CHECK (state <> 'active' OR confirmed_by IS NOT NULL),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((state IN ('refused', 'retired')) = (ended_at IS NOT NULL))
);
-- A pending one may be about to replace the active one of the same IBAN (another holder, BIC or booking).
CREATE UNIQUE INDEX one_row_per_own_iban_and_state ON tenant_bank_accounts (tenant_id, iban_hmac, state)
    WHERE state IN ('pending', 'active');
SELECT protect_tenant_table('tenant_bank_accounts');

CREATE TABLE bank_runs (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    number              text NOT NULL CHECK (number ~ '^ZL-[0-9]{4}-[0-9]{4,}$'),
    state               text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'approved', 'exported', 'confirmed', 'cancelled')),
    account_id          uuid NOT NULL,
    execution_date      date NOT NULL,
    batch_booking       boolean NOT NULL,
    payments            integer NOT NULL DEFAULT 0,
    total_cents         bigint NOT NULL DEFAULT 0,
    content_hash        text NOT NULL DEFAULT '',  -- what a second person approves: account, day, booking, lines
    created_by          text NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    approved_by         text,
    approved_at         timestamptz,
    approved_alone      boolean NOT NULL DEFAULT false,
    approved_hash       text,
    file_encrypted      bytea,
    file_sha256         bytea CHECK (length(file_sha256) = 32),  -- of the file itself, not of what is stored
    file_made_at        timestamptz,
    downloads           integer NOT NULL DEFAULT 0,
    exported_by         text,
    exported_at         timestamptz,
    confirmed_by        text,
    confirmed_at        timestamptz,
    cancel_requested_by text,
    cancel_requested_at timestamptz,
    cancel_reason       text,
    cancelled_by        text,
    cancelled_at        timestamptz,
    cancelled_alone     boolean NOT NULL DEFAULT false,
    state_reason        text,
    state_reason_code   text,
    state_reason_params jsonb,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, account_id) REFERENCES tenant_bank_accounts,
    CONSTRAINT a_file_stays_approved CHECK (file_sha256 IS NULL OR approved_hash = content_hash),
    CONSTRAINT approved_by_somebody_else CHECK (approved_by <> created_by OR approved_alone),
    CHECK ((file_encrypted IS NULL) = (file_sha256 IS NULL)),
    CONSTRAINT cancelled_with_a_reason CHECK (state <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT exported_is_cancelled_by_two
        CHECK (state <> 'cancelled' OR exported_at IS NULL OR cancelled_alone OR cancelled_by IS DISTINCT FROM
        cancel_requested_by AND cancel_requested_by IS NOT NULL),
    CONSTRAINT exported_means_a_file CHECK ((state NOT IN ('exported', 'confirmed')) OR file_encrypted IS NOT NULL),
    CONSTRAINT in_force_means_approved
        CHECK ((state NOT IN ('approved', 'exported', 'confirmed')) OR approved_by IS NOT NULL AND payments > 0)
);
CREATE INDEX bank_runs_tenant_id_seq_idx ON bank_runs (tenant_id, seq);
SELECT protect_tenant_table('bank_runs');

-- One payment of a run. `released_at`: it dropped out, or the run was cancelled; else its payout is in no other run.
CREATE TABLE bank_run_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    run_id          uuid NOT NULL,
    position        integer NOT NULL,
    payout_id       uuid NOT NULL,
    bank_details_id uuid NOT NULL,  -- the account of the approval
    creditor        text NOT NULL CHECK (length(creditor) BETWEEN 1 AND 70),  -- in SEPA's characters
    amount_cents    bigint NOT NULL CHECK (amount_cents > 0),  -- the document's gross
    end_to_end_id   text NOT NULL CHECK (length(end_to_end_id) BETWEEN 1 AND 35),
    remittance      text NOT NULL CHECK (length(remittance) BETWEEN 1 AND 140),
    released_at     timestamptz,
    released_reason text,
    released_code   text,
    released_params jsonb,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, run_id, "position"),
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, run_id) REFERENCES bank_runs,
    CHECK ((released_at IS NULL) = (released_reason IS NULL))
);
CREATE UNIQUE INDEX a_payout_in_at_most_one_bank_run ON bank_run_lines (tenant_id, payout_id)
    WHERE released_at IS NULL;
CREATE UNIQUE INDEX an_end_to_end_id_once ON bank_run_lines (tenant_id, end_to_end_id) WHERE released_at IS NULL;
CREATE INDEX bank_run_lines_tenant_id_run_id_idx ON bank_run_lines (tenant_id, run_id);
SELECT protect_tenant_table('bank_run_lines');

-- inbox ---------------------------------------------------------------------------------------------------------------

CREATE TABLE events (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                bigint GENERATED ALWAYS AS IDENTITY,
    provider          text NOT NULL CHECK (provider IN ('lexoffice', 'stripe')),
    organization_id   text,
    event_type        text NOT NULL CHECK (length(event_type) <= 200),
    resource_id       text NOT NULL CHECK (length(resource_id) <= 300),
    event_date        timestamptz,
    body              bytea NOT NULL,  -- raw, as it arrived
    signed            boolean NOT NULL DEFAULT false,
    payment_reference text CHECK (length(payment_reference) <= 300),
    state             text NOT NULL
        CHECK (state IN ('received', 'waiting', 'skipped', 'ignored', 'processed', 'unchanged', 'failed')),
    reason            text,
    changes           jsonb,  -- what handling it changed, for people to read
    snapshot_id       uuid,
    delivery          integer NOT NULL DEFAULT 1,
    received_at       timestamptz NOT NULL DEFAULT now(),
    handed_over_at    timestamptz,
    handled_at        timestamptz,
    reason_code       text,
    reason_params     jsonb,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX events_by_state ON events (tenant_id, state, received_at, id, provider);
CREATE INDEX events_by_type ON events (tenant_id, event_type, state, received_at, id);
CREATE INDEX events_tenant_id_resource_id_idx ON events (tenant_id, resource_id);
CREATE INDEX events_tenant_id_state_id_idx ON events (tenant_id, state, id);
-- Credit notes that named an invoice before it was a sale's (ledger/booking/credited_invoices.py): looked up once for each
-- invoice that becomes one. Few events have the member.
CREATE INDEX events_that_name_invoices ON events
    USING gin ((changes -> 'names_invoices'))
    WHERE state = 'ignored' AND changes ? 'names_invoices';
-- The sweep looks for what waits for it in each page that it compares.
CREATE INDEX events_that_wait ON events (tenant_id, resource_id) WHERE state = 'waiting';
CREATE INDEX events_to_hand_over ON events (received_at) WHERE state = 'received' AND handed_over_at IS NULL;
-- Nulls are distinct: an event without a date (or, in the chapter's dialect, without an organisation) is never a duplicate.
CREATE UNIQUE INDEX the_same_event_once ON events (tenant_id, provider, organization_id, event_type, resource_id,
    event_date);
SELECT protect_tenant_table('events');
SELECT allow_lookup('events');

CREATE TABLE sweep_states (
    tenant_id                uuid NOT NULL REFERENCES tenants,
    provider                 text NOT NULL DEFAULT 'lexoffice',
    swept_until              timestamptz,  -- beginning of the last complete pass: what changed before was compared
    finished_at              timestamptz,  -- its end
    found                    integer NOT NULL DEFAULT 0,  -- documents it handed over
    open_swept_at            timestamptz,  -- beginning of the last complete pass over all open documents
    subscriptions_state      text NOT NULL DEFAULT 'unknown'
        CHECK (subscriptions_state IN ('unknown', 'healthy', 'failing')),
    subscriptions_reason     text,  -- one German sentence
    subscriptions_checked_at timestamptz,
    subscriptions_wanted_at  timestamptz,  -- a person asked for a set-up that has not been done yet
    subscriptions_code       text,
    subscriptions_params     jsonb,
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('sweep_states');
SELECT allow_lookup('sweep_states');

-- mail ----------------------------------------------------------------------------------------------------------------

CREATE TABLE mails (
    tenant_id      uuid REFERENCES tenants,  -- NULL: about a person's own account, which is in no tenant
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    kind           text NOT NULL
        CHECK (kind IN ('approval_waits', 'task_created', 'partner_document', 'bank_details_changed',
        'connection_broken', 'password_changed', 'second_factor_added', 'second_factor_removed', 'reset_link',
        'invitation', 'daily')),
    user_id        uuid REFERENCES users,  -- to a person
    partner_id     uuid,  -- or to a partner,
    address        text,  -- where it was to be reached then; forgotten when it is sent
    about          text,  -- number of the payout, id of the task or account, the day
    facts          jsonb NOT NULL DEFAULT '{}',
    link_encrypted bytea,  -- of a one-time link: its token; forgotten when it is sent
    created_at     timestamptz NOT NULL DEFAULT now(),
    announced_at   timestamptz,
    taken_at       timestamptz,  -- from here on it is fixed what one mail speaks of
    bundled_in     uuid REFERENCES mails ON DELETE SET NULL,  -- another row's mail speaks of this one, too
    ended_at       timestamptz,
    outcome        text CHECK (outcome IN ('sent', 'idle', 'over', 'no_address', 'refused', 'given_up')),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships,
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (tenant_id IS NOT NULL OR partner_id IS NULL),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX mails_bundled ON mails (bundled_in) WHERE bundled_in IS NOT NULL;
CREATE INDEX mails_by_age ON mails (created_at);
CREATE INDEX mails_of_a_recipient ON mails (tenant_id, user_id, kind) WHERE taken_at IS NULL;
CREATE INDEX mails_to_announce ON mails (created_at) WHERE announced_at IS NULL AND taken_at IS NULL;
CREATE UNIQUE INDEX one_daily_mail_a_day ON mails (tenant_id, user_id, about) WHERE kind = 'daily';
SELECT protect_tenant_table('mails');
CREATE POLICY functions ON mails TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON mails
    USING (tenant_id IS NULL AND user_id = current_person())
    WITH
    CHECK (tenant_id IS NULL AND user_id = current_person());

-- A row: this kind is not wanted, by one person or (user_id NULL) by the whole tenant. Security mails are always sent.
CREATE TABLE mails_switched_off (
    tenant_id uuid NOT NULL REFERENCES tenants,
    user_id   uuid,
    kind      text NOT NULL
        CHECK (kind IN ('approval_waits', 'task_created', 'partner_document', 'connection_broken', 'daily')),
    since     timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, kind),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships
);
SELECT protect_tenant_table('mails_switched_off', rights => 'SELECT, INSERT, DELETE');

-- audit ---------------------------------------------------------------------------------------------------------------

CREATE TABLE audit_entries (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor      text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    origin     text,  -- address of the caller, request id
    -- The chain under the audit trail. An entry never changes; its link is written when its transaction commits.
    -- `commitment` is SHA-256 over a salt and the personal data, which lie beside it: without them the chain stays
    -- whole.
    commitment bytea CHECK (length(commitment) = 32),
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_by_action ON audit_entries (tenant_id, action, seq);
-- The page of the audit trail filters by these.
CREATE INDEX audit_by_actor ON audit_entries (tenant_id, actor, seq);
CREATE INDEX audit_by_id ON audit_entries (tenant_id, subject_id, seq);
CREATE INDEX audit_by_object ON audit_entries (tenant_id, subject, subject_id, seq);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at);
SELECT protect_tenant_table('audit_entries', rights => 'SELECT, INSERT');

CREATE TABLE audit_chain (
    tenant_id uuid NOT NULL REFERENCES tenants,
    number    bigint NOT NULL CHECK (number > 0),
    seq       bigint NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, number),
    UNIQUE (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
SELECT protect_tenant_table('audit_chain', rights => 'SELECT');

CREATE TABLE audit_personal (
    tenant_id uuid NOT NULL REFERENCES tenants,
    seq       bigint NOT NULL,
    salt      bytea NOT NULL CHECK (length(salt) >= 16),
    data      text NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
SELECT protect_tenant_table('audit_personal', rights => 'SELECT, INSERT');

-- Policies that look into other tables.
CREATE POLICY colleagues ON users FOR SELECT
    USING ((EXISTS (SELECT 1 FROM memberships m
    WHERE m.tenant_id = current_tenant() AND m.user_id = users.id)));

-- References to tables that come later.
ALTER TABLE tenants ADD FOREIGN KEY (id, default_campaign_id) REFERENCES campaigns;
ALTER TABLE creation_intents ADD FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts;
ALTER TABLE credit_note_papers ADD FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts;
ALTER TABLE external_documents ADD FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts;
ALTER TABLE papers_wanted ADD FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts;
ALTER TABLE payouts ADD FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details;
