COMMENT ON TABLE idempotency_keys IS
    'The answer to a request with an Idempotency-Key, kept for seven days and given again word for word.';
COMMENT ON TABLE state_arrows IS
    'Which state may follow which: the arrows of transactions, commissions, payouts and runs.';
COMMENT ON TABLE state_changes IS 'Every change of a state, when it was and what caused it.';
COMMENT ON TABLE tasks IS 'What waits for a person: its kind, what it is about, why, and which answers there are.';
COMMENT ON TABLE monthly_tables IS
    'Which tables are cut into months, by which column, and how long a month is kept at least.';
COMMENT ON TABLE sentences_before_codes IS
    'German sentences that rows held before reasons were codes, for one release that still writes them.';

-- Tenants, their accounting connections, and what proves who is calling.
--
-- Two roles (ledger/roles.sql): partnerdesk_owner runs this file, partnerdesk_app works under forced row-level
-- security. The tenant of a transaction is its first statement: set_config('app.tenant', …, true).
CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $$;

-- NULLIF: after one transaction a pooled connection holds '' instead of NULL.
CREATE OR REPLACE FUNCTION protect_tenant_table(target regclass, tenant_column text DEFAULT 'tenant_id',
                                     rights text DEFAULT 'SELECT, INSERT, UPDATE') RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
                   target, tenant_column, tenant_column);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $$;
REVOKE ALL ON FUNCTION protect_tenant_table FROM PUBLIC;

-- A part of a table of tenants. It is read and written by the name of the whole, whose policies hold then; by its own name it
-- opens to nobody but its owner, and to him for one tenant.
CREATE OR REPLACE FUNCTION protect_partition(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s USING (tenant_id = current_tenant())', target);
END $$;
REVOKE ALL ON FUNCTION protect_partition FROM PUBLIC;

-- The few tables that SECURITY DEFINER look-ups read across tenants. Those functions return ids, never contents.
CREATE OR REPLACE FUNCTION allow_lookup(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO CURRENT_USER USING (true)', target);
END $$;
REVOKE ALL ON FUNCTION allow_lookup FROM PUBLIC;

CREATE OR REPLACE FUNCTION follow_the_arrows() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    before text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.state;
        IF before = NEW.state THEN
            RETURN NULL;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM state_arrows
                    WHERE subject = TG_TABLE_NAME AND from_state = before AND to_state = NEW.state) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, COALESCE(NULLIF(before, ''), 'nothing'), NEW.state
            USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, cause)
    VALUES (NEW.tenant_id, TG_TABLE_NAME, NEW.id, before, NEW.state, NULLIF(current_setting('app.cause', true), ''));
    RETURN NULL;
END $$;

-- People: who they are, what they may do in a tenant, and what proves it. The chain under the audit trail.
-- Bank details that wait for a second person.
--
-- A person works in many tenants, so these tables have no tenant. They open for one person at a time: the second
-- statement of a transaction is set_config('app.person', …, true). Nobody set, nobody seen.
CREATE OR REPLACE FUNCTION current_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.person', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION protect_person_table(target regclass, person_column text, rights text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_person ON %s USING (%I = current_person()) WITH CHECK (%I = current_person())',
                   target, person_column, person_column);
    -- The SECURITY DEFINER functions below work as the owner: before it is known who asks, and to end sessions.
    EXECUTE format('CREATE POLICY functions ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $$;
REVOKE ALL ON FUNCTION protect_person_table FROM PUBLIC;

-- What the search looks through (ledger/reports/search.py). There is no pg_trgm everywhere, and under row-level security its
-- operators would be served by no index, because they are not leakproof. So a tenant's names are read through, which are
-- tens of thousands and short; numbers, of which there are hundreds of thousands, are found by both of their ends.

-- The same as ledger.search_terms.folded: without regard to case, umlauts and accents.
CREATE OR REPLACE FUNCTION folded(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT replace(replace(replace(replace(
               translate(lower(translate(words, 'ÄÖÜÁÀÂÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÕØÚÙÛÝ', 'äöüáàâãåçéèêëíìîïñóòôõøúùûý')),
                         'áàâãåçéèêëíìîïñóòôõøúùûýÿ', 'aaaaaceeeeiiiinooooouuuyy'),
               'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')
    $$;

-- Over all tenants, so many at once; returns how many went.
CREATE OR REPLACE FUNCTION forget_old_answers(at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM idempotency_keys
         WHERE created_at < now() - interval '7 days'
           AND ctid = ANY (ARRAY(SELECT k.ctid FROM idempotency_keys k
                                  WHERE k.created_at < now() - interval '7 days' ORDER BY k.created_at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_old_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_answers TO partnerdesk_app;

-- A person, else what the transaction says of itself ('event:17'), else the product.
CREATE OR REPLACE FUNCTION who_acts() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT COALESCE('user:' || current_person(), NULLIF(current_setting('app.cause', true), ''), 'engine') $$;

-- The sentences of the release before. They are read once, for the rows that are there, and spoken for one more release,
-- to servers that still run it. Several sentences of one code: the first is the one that is spoken.
CREATE OR REPLACE FUNCTION sentences_of_holds() RETURNS TABLE (code text, sentence text)
    LANGUAGE sql IMMUTABLE AS $$
    VALUES ('own_purchase', 'Eigenkauf'),
           ('dispute', 'Zahlungsstreit'),
           ('invoice_voided', 'Die Rechnung wurde storniert; eine neue kann noch an ihre Stelle treten.'),
           ('account_pending', 'Eine neue Bankverbindung ist noch nicht in Kraft.'),
           ('partner_stopped', 'Die Auszahlungen an diesen Partner sind angehalten.'),
           ('payout_held', 'Die Auszahlung ist zurückgestellt.'),
           ('tax_case_changed', 'Der Steuerfall des Partners hat sich geändert.'),
           ('needs_own_document', 'Nur mit eigener Gutschrift und Eingangsbeleg.'),
           ('regular_partner_of_small_business',
            'Als Kleinunternehmer können Sie einem regelbesteuerten Partner keine Gutschrift ausstellen.'),
           ('tenant_address_missing', 'Die eigene Anschrift fehlt in den Einstellungen.'),
           ('tax_status_missing', 'Der Steuerstatus des Partners fehlt für den Leistungstag.'),
           ('address_missing', 'Die Anschrift des Partners ist unvollständig.'),
           ('agreement_missing', 'Die Vereinbarung über die Abrechnung per Gutschrift fehlt.'),
           ('agreement_outdated',
            'Der Partner hat der geltenden Fassung der Gutschrift-Vereinbarung noch nicht zugestimmt.'),
           ('tax_number_missing', 'Steuernummer oder USt-IdNr. des Partners fehlt.'),
           ('tenant_tax_id_missing', 'Die eigene USt-IdNr. oder Steuernummer fehlt in den Einstellungen.'),
           ('not_connected', 'lexoffice ist nicht verbunden: Es ist kein API-Schlüssel hinterlegt.'),
           ('not_connected', 'lexoffice ist nicht verbunden; das Steuerprofil fehlt.'),
           ('not_connected', 'lexoffice ist nicht verbunden.'),
           ('connection_broken',
            'Die Verbindung zu lexoffice ist unterbrochen. Bitte verbinden Sie lexoffice erneut, oder hinterlegen Sie '
            'einen neuen API-Schlüssel.'),
           ('connection_broken',
            'Die Verbindung zu lexoffice ist unterbrochen. Bitte hinterlegen Sie einen neuen API-Schlüssel.'),
           ('connection_broken', 'Die Verbindung zu lexoffice ist gestört.'),
           ('document_not_writable', 'Der Beleg lässt sich so nicht schreiben; Angaben fehlen oder sind zu lang.'),
           ('document_rejected', 'lexoffice lehnt den Inhalt des Belegs ab.'),
           ('credential_rejected', 'lexoffice lehnt den hinterlegten Zugang ab.'),
           ('credential_rejected', 'lexoffice lehnt den API-Schlüssel ab.'),
           ('credential_may_not', 'Der hinterlegte Zugang darf solche Belege nicht anlegen.'),
           ('credential_may_not', 'Der API-Schlüssel darf solche Belege nicht anlegen.')
    $$;

-- What is not known keeps its words, as the code `as_it_was_written`.
CREATE OR REPLACE FUNCTION hold_of_sentence(said text, OUT code text, OUT params jsonb)
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    confirmed text := substring(said FROM '^Der Kleinunternehmer-Status ist für (\d{4}) nicht bestätigt\.$');
BEGIN
    IF said IS NULL THEN
        RETURN;
    END IF;
    IF confirmed IS NOT NULL THEN
        code := 'small_business_not_confirmed';
        params := jsonb_build_object('year', confirmed::integer);
        RETURN;
    END IF;
    SELECT s.code, '{}' INTO code, params FROM sentences_of_holds() s WHERE s.sentence = said;
    IF code IS NULL THEN
        code := 'as_it_was_written';
        params := jsonb_build_object('text', said);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION sentence_of_hold(of_code text, params jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE of_code
             WHEN 'put_back' THEN params ->> 'reason'
             WHEN 'as_it_was_written' THEN params ->> 'text'
             WHEN 'small_business_not_confirmed'
               THEN format('Der Kleinunternehmer-Status ist für %s nicht bestätigt.', params ->> 'year')
             ELSE COALESCE((SELECT s.sentence FROM sentences_of_holds() WITH ORDINALITY s (code, sentence, place)
                             WHERE s.code = of_code ORDER BY place LIMIT 1), of_code)
           END
    $$;

-- A sale's reasons to hold were joined by "; ", and what its voided invoice said stood beside them. What nobody knows
-- stays together, as one.
CREATE OR REPLACE FUNCTION holds_of_sentences(held text, blocked text) RETURNS TABLE (code text, params jsonb)
    LANGUAGE sql IMMUTABLE AS $$
    SELECT c.code, CASE c.code WHEN 'as_it_was_written' THEN jsonb_build_object('text', string_agg(said, '; ')) ELSE '{}' END
      FROM (SELECT said FROM regexp_split_to_table(held, '; ') said
             UNION ALL SELECT blocked WHERE blocked IS NOT NULL) s, hold_of_sentence(said) c
     WHERE said <> '' GROUP BY c.code
    $$;

-- {code, params} of a sentence; NULL for one that is none of ours.
CREATE OR REPLACE FUNCTION code_of_sentence(said text) RETURNS jsonb
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
REVOKE ALL ON FUNCTION code_of_sentence FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code_of_sentence TO partnerdesk_app;

-- What the release before shows for a code: the German sentence, or the code where it never had one.
CREATE OR REPLACE FUNCTION sentence_of_code(wanted text, params jsonb) RETURNS text
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
REVOKE ALL ON FUNCTION sentence_of_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sentence_of_code TO partnerdesk_app;

-- Arguments: the columns of the text, the code and the parameters, and whether people write into the text as well:
-- their words have no code. Whichever of the two was written now, the other follows.
CREATE OR REPLACE FUNCTION keep_code_and_sentence() RETURNS trigger
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

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF released_reason, released_code, released_params ON bank_run_lines
    FOR EACH ROW
    WHEN (new.released_reason IS DISTINCT FROM old.released_reason OR new.released_code IS DISTINCT FROM
    old.released_code OR new.released_params IS DISTINCT FROM old.released_params)
    EXECUTE FUNCTION keep_code_and_sentence('released_reason', 'released_code', 'released_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence ON bank_run_lines IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON bank_run_lines
    FOR EACH ROW
    WHEN (new.released_reason IS NOT NULL OR new.released_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('released_reason', 'released_code', 'released_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON bank_run_lines IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON bank_runs
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON bank_runs IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON bank_runs
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON bank_runs IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF reason, reason_code, reason_params ON events
    FOR EACH ROW
    WHEN (new.reason IS DISTINCT FROM old.reason OR new.reason_code IS DISTINCT FROM old.reason_code OR
    new.reason_params IS DISTINCT FROM old.reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON events IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON events
    FOR EACH ROW
    WHEN (new.reason IS NOT NULL OR new.reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON events IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF failed_reason, failed_code, failed_params ON papers_wanted
    FOR EACH ROW
    WHEN (new.failed_reason IS DISTINCT FROM old.failed_reason OR new.failed_code IS DISTINCT FROM old.failed_code OR
    new.failed_params IS DISTINCT FROM old.failed_params)
    EXECUTE FUNCTION keep_code_and_sentence('failed_reason', 'failed_code', 'failed_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON papers_wanted IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON papers_wanted
    FOR EACH ROW
    WHEN (new.failed_reason IS NOT NULL OR new.failed_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('failed_reason', 'failed_code', 'failed_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON papers_wanted IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF sentence, code, params ON payout_run_rows
    FOR EACH ROW
    WHEN (new.sentence IS DISTINCT FROM old.sentence OR new.code IS DISTINCT FROM old.code OR new.params IS DISTINCT
    FROM old.params)
    EXECUTE FUNCTION keep_code_and_sentence('sentence', 'code', 'params', 'coded');
COMMENT ON TRIGGER keep_code_and_sentence ON payout_run_rows IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON payout_run_rows
    FOR EACH ROW
    WHEN (new.sentence IS NOT NULL OR new.code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('sentence', 'code', 'params', 'coded');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON payout_run_rows IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON payouts
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence ON payouts IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON payouts
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON payouts IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON provider_connections
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON provider_connections IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON provider_connections
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON provider_connections IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF subscriptions_reason, subscriptions_code, subscriptions_params ON sweep_states
    FOR EACH ROW
    WHEN (new.subscriptions_reason IS DISTINCT FROM old.subscriptions_reason OR new.subscriptions_code IS DISTINCT
    FROM old.subscriptions_code OR new.subscriptions_params IS DISTINCT FROM old.subscriptions_params)
    EXECUTE FUNCTION keep_code_and_sentence('subscriptions_reason', 'subscriptions_code', 'subscriptions_params',
    'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON sweep_states IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON sweep_states
    FOR EACH ROW
    WHEN (new.subscriptions_reason IS NOT NULL OR new.subscriptions_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('subscriptions_reason', 'subscriptions_code', 'subscriptions_params',
    'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON sweep_states IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF reason, reason_code, reason_params ON tasks
    FOR EACH ROW
    WHEN (new.reason IS DISTINCT FROM old.reason OR new.reason_code IS DISTINCT FROM old.reason_code OR
    new.reason_params IS DISTINCT FROM old.reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON tasks IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON tasks
    FOR EACH ROW
    WHEN (new.reason IS NOT NULL OR new.reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON tasks IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF ended_reason, ended_code, ended_params ON tenant_bank_accounts
    FOR EACH ROW
    WHEN (new.ended_reason IS DISTINCT FROM old.ended_reason OR new.ended_code IS DISTINCT FROM old.ended_code OR
    new.ended_params IS DISTINCT FROM old.ended_params)
    EXECUTE FUNCTION keep_code_and_sentence('ended_reason', 'ended_code', 'ended_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence ON tenant_bank_accounts IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON tenant_bank_accounts
    FOR EACH ROW
    WHEN (new.ended_reason IS NOT NULL OR new.ended_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('ended_reason', 'ended_code', 'ended_params', 'people');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON tenant_bank_accounts IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON transactions
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence ON transactions IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON transactions
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
COMMENT ON TRIGGER keep_code_and_sentence_when_new ON transactions IS
    'Keeps a reason''s code and the sentence that the release before reads and writes the same.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What is written again as it was has not changed. (Of a table with generated columns NEW has none yet: it counts.)
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON tasks FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON tasks IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

-- For the application's role: what a row was written with stays. TG_ARGV names the columns.
CREATE OR REPLACE FUNCTION stay_as_written() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    fixed text;
BEGIN
    FOREACH fixed IN ARRAY TG_ARGV LOOP
        IF to_jsonb(NEW) -> fixed IS DISTINCT FROM to_jsonb(OLD) -> fixed THEN
            RAISE EXCEPTION '%.% is written once', TG_TABLE_NAME, fixed USING ERRCODE = 'PD050';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- Tables that are cut into months (docs/operations.md). A month is one of UTC.
--
-- The parts of a table with their bounds; of the one that takes what belongs nowhere, both are NULL.
CREATE OR REPLACE FUNCTION months_of(of_table text)
    RETURNS TABLE (part regclass, begins timestamptz, ends timestamptz)
    LANGUAGE sql STABLE SET search_path = public, pg_temp SET TimeZone = 'UTC'
    AS $$
    SELECT i.inhrelid::regclass, replace(substring(b.bound FROM $re$FROM \('?([^')]+)$re$), 'MINVALUE', '-infinity')::timestamptz,
           substring(b.bound FROM $re$TO \('([^']+)$re$)::timestamptz
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
     WHERE i.inhparent = of_table::regclass
    $$;

-- The part of one month, with what the default part has caught of it. Others write on, but into the default part.
CREATE OR REPLACE FUNCTION make_month(of_table text, month timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp SET TimeZone = 'UTC'
    AS $$
DECLARE
    part    text := format('%s_%s', of_table, to_char(month, 'YYYY_MM'));
    rest    text := of_table || '_default';
    rows    text := format('%1$I >= %2$L AND %1$I < %3$L', (SELECT time FROM monthly_tables WHERE name = of_table),
                           month, month + interval '1 month');
    are_any boolean;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, of_table);
    EXECUTE format('ALTER TABLE %I ADD %s', part, (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                                                    WHERE conrelid = rest::regclass AND contype = 'p'));
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %s)', rest, rows) INTO are_any;
    IF are_any THEN
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', rest);
        EXECUTE format('WITH caught AS (DELETE FROM %I WHERE %s RETURNING *) INSERT INTO %I SELECT * FROM caught',
                       rest, rows, part);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', rest);
    END IF;
    PERFORM protect_partition(part::regclass);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   of_table, part, month, month + interval '1 month');
END $$;
REVOKE ALL ON FUNCTION make_month FROM PUBLIC;

-- One at a time makes or drops months of a table; others read and write it meanwhile.
CREATE OR REPLACE FUNCTION take_monthly_table(of_table text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM monthly_tables WHERE name = of_table) THEN
        RAISE EXCEPTION '% is not cut into months', of_table;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', of_table);
END $$;
REVOKE ALL ON FUNCTION take_monthly_table FROM PUBLIC;

-- The month at hand and the two after it, where they are missing. Returns how many were made.
CREATE OR REPLACE FUNCTION make_months(of_table text, as_of timestamptz DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '1s'
    AS $$
DECLARE
    month timestamptz;
    made  integer := 0;
BEGIN
    PERFORM take_monthly_table(of_table);
    FOR ahead IN 0..2 LOOP
        month := date_trunc('month', as_of) + ahead * interval '1 month';
        IF NOT EXISTS (SELECT FROM months_of(of_table) WHERE begins <= month AND ends > month) THEN
            PERFORM make_month(of_table, month);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION make_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_months TO partnerdesk_app;

-- Drops the months that no tenant keeps any longer, the one that keeps them longest included. Returns how many went. It takes
-- the strongest lock on the table for a moment, so nobody waits behind it for more than a second.
CREATE OR REPLACE FUNCTION drop_months(of_table text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' SET lock_timeout = '1s'
    AS $$
DECLARE
    over    regclass;
    dropped integer := 0;
BEGIN
    PERFORM take_monthly_table(of_table);
    FOR over IN
        SELECT m.part FROM monthly_tables t CROSS JOIN LATERAL months_of(t.name) m
         WHERE t.name = of_table
           AND m.ends < now() - make_interval(days => greatest(
                   t.days, (SELECT max(r.days) FROM retention_days r WHERE r.kind = t.kept_as)))
    LOOP
        EXECUTE format('DROP TABLE %s', over);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION drop_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_months TO partnerdesk_app;

-- Tables whose next month is missing, or that had to catch rows of a month that was.
CREATE OR REPLACE FUNCTION months_missing() RETURNS TABLE (name text, caught boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC'
    AS $$
DECLARE
    month timestamptz := date_trunc('month', now()) + interval '1 month';
BEGIN
    FOR name IN SELECT t.name FROM monthly_tables t ORDER BY 1 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name || '_default') INTO caught;
        IF caught OR NOT EXISTS (SELECT FROM months_of(name) m WHERE m.begins <= month AND m.ends > month) THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION months_missing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION months_missing TO partnerdesk_app;
