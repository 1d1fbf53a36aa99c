-- What holds a sale or a payout is a row: a code with parameters, since when, and who set it. Several at once are several
-- rows. What blocks an approved payout is a code with parameters on the payout. Words are made where they are shown.
--
-- `open_holds` on the sale and on the payout are the codes of its open rows, kept by triggers: lists, sums and what is due
-- look at that alone. NULL where nothing holds it.

-- A person, else what the transaction says of itself ('event:17'), else the product.
CREATE FUNCTION who_acts() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT COALESCE('user:' || current_person(), NULLIF(current_setting('app.cause', true), ''), 'engine') $$;

CREATE TABLE sale_holds (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    transaction_id  uuid NOT NULL,
    code            text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),  -- own_purchase, dispute, invoice_voided, …
    params          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    since           timestamptz NOT NULL DEFAULT now(),
    set_by          text NOT NULL DEFAULT who_acts(),
    released_at     timestamptz,
    released_by     text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX a_sale_is_held_once_for_a_reason ON sale_holds (tenant_id, transaction_id, code)
    WHERE released_at IS NULL;
CREATE INDEX ON sale_holds (tenant_id, transaction_id, since);
SELECT protect_tenant_table('sale_holds', rights => 'SELECT, INSERT');
GRANT UPDATE (released_at, released_by) ON sale_holds TO partnerdesk_app;

CREATE TABLE payout_holds (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id       uuid NOT NULL,
    code            text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),  -- put_back, account_pending, partner_stopped, …
    params          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    since           timestamptz NOT NULL DEFAULT now(),
    set_by          text NOT NULL DEFAULT who_acts(),
    released_at     timestamptz,
    released_by     text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK ((released_at IS NULL) = (released_by IS NULL)),
    CHECK (code <> 'put_back' OR params ->> 'reason' IS NOT NULL)
);
CREATE UNIQUE INDEX a_payout_is_held_once_for_a_reason ON payout_holds (tenant_id, payout_id, code)
    WHERE released_at IS NULL;
CREATE INDEX ON payout_holds (tenant_id, payout_id, since);
SELECT protect_tenant_table('payout_holds', rights => 'SELECT, INSERT');
GRANT UPDATE (released_at, released_by) ON payout_holds TO partnerdesk_app;

ALTER TABLE transactions ADD COLUMN open_holds text[];
ALTER TABLE payouts ADD COLUMN open_holds text[], ADD COLUMN blocked_code text, ADD COLUMN blocked_params jsonb;

-- The sentences of the release before. They are read once, for the rows that are there, and spoken for one more release,
-- to servers that still run it. Several sentences of one code: the first is the one that is spoken.
CREATE FUNCTION sentences_of_holds() RETURNS TABLE (code text, sentence text)
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
CREATE FUNCTION hold_of_sentence(said text, OUT code text, OUT params jsonb)
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

CREATE FUNCTION sentence_of_hold(of_code text, params jsonb) RETURNS text
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
CREATE FUNCTION holds_of_sentences(held text, blocked text) RETURNS TABLE (code text, params jsonb)
    LANGUAGE sql IMMUTABLE AS $$
    SELECT c.code, CASE c.code WHEN 'as_it_was_written' THEN jsonb_build_object('text', string_agg(said, '; ')) ELSE '{}' END
      FROM (SELECT said FROM regexp_split_to_table(held, '; ') said
             UNION ALL SELECT blocked WHERE blocked IS NOT NULL) s, hold_of_sentence(said) c
     WHERE said <> '' GROUP BY c.code
    $$;

-- The rows that are there.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id, replacement_window FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);

        INSERT INTO sale_holds (tenant_id, transaction_id, code, params, since, set_by)
        SELECT s.tenant_id, s.id, h.code, h.params, COALESCE(k.began, s.created_at), 'migration:0090'
          FROM transactions s
         CROSS JOIN LATERAL holds_of_sentences(s.held_reason, s.blocked_reason) h
          LEFT JOIN LATERAL (
               SELECT least(now(), s.replacement_until - t.replacement_window) AS began WHERE h.code = 'invoice_voided'
               UNION ALL
               SELECT max(r.as_of) FROM refunds r
                WHERE h.code = 'dispute' AND r.tenant_id = s.tenant_id AND r.transaction_id = s.id
                  AND r.kind = 'dispute' HAVING max(r.as_of) IS NOT NULL
               UNION ALL
               SELECT max(q.created_at) FROM tasks q
                WHERE h.code = 'own_purchase' AND q.tenant_id = s.tenant_id AND q.kind = 'own_purchase'
                  AND q.subject = 'transaction' AND q.subject_id = s.id::text HAVING max(q.created_at) IS NOT NULL
               ) k ON true
         WHERE s.held_reason IS NOT NULL OR s.blocked_reason IS NOT NULL;

        -- Only one hold of a payout could be seen: a person's put the others out of sight. They count as well.
        INSERT INTO payout_holds (tenant_id, payout_id, code, params, since, set_by)
        SELECT p.tenant_id, p.id, h.code, h.params, h.since, h.set_by
          FROM payouts p
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN partner_bank_details b
                 ON b.tenant_id = p.tenant_id AND b.partner_id = p.partner_id AND b.state = 'pending'
         CROSS JOIN LATERAL (
               SELECT 'put_back' AS code, jsonb_build_object('reason', p.held_reason) AS params, p.held_at AS since,
                      p.held_by AS set_by WHERE p.held_by IS NOT NULL
               UNION ALL
               SELECT c.code, c.params, p.updated_at, 'migration:0090' FROM hold_of_sentence(p.held_reason) c
                WHERE p.held_reason IS NOT NULL AND p.held_by IS NULL
                  AND c.code NOT IN ('account_pending', 'partner_stopped')
               UNION ALL
               SELECT 'account_pending', '{}', greatest(p.created_at, b.recorded_at), 'migration:0090'
                WHERE p.held_by IS NULL AND (SELECT code FROM hold_of_sentence(p.held_reason)) = 'account_pending'
                   OR b.id IS NOT NULL AND p.state IN ('awaiting_approval', 'approved')
               UNION ALL
               SELECT 'partner_stopped', '{}', greatest(p.created_at, q.payouts_stopped_at),
                      COALESCE(q.payouts_stopped_by, 'migration:0090')
                WHERE p.held_by IS NULL AND (SELECT code FROM hold_of_sentence(p.held_reason)) = 'partner_stopped'
                   OR q.payouts_stopped_at IS NOT NULL AND p.state IN ('awaiting_approval', 'approved')
               ) h
         WHERE p.held_reason IS NOT NULL OR p.state IN ('awaiting_approval', 'approved');

        UPDATE transactions s SET open_holds = h.codes
          FROM (SELECT transaction_id, array_agg(code ORDER BY since, code) AS codes FROM sale_holds GROUP BY 1) h
         WHERE s.tenant_id = t.id AND s.id = h.transaction_id;
        UPDATE payouts p SET open_holds = h.codes
          FROM (SELECT payout_id, array_agg(code ORDER BY since, code) AS codes FROM payout_holds GROUP BY 1) h
         WHERE p.tenant_id = t.id AND p.id = h.payout_id;
        UPDATE payouts p SET blocked_code = c.code, blocked_params = c.params
          FROM (SELECT id, (hold_of_sentence(blocked_reason)).* FROM payouts WHERE blocked_reason IS NOT NULL) c
         WHERE p.tenant_id = t.id AND p.id = c.id;

        -- What an event changed: lists of codes, as events say it from now on; words that nobody knows stay as they are.
        UPDATE events e
           SET changes = e.changes - 'held_reason' - 'blocked_reason'
                         || jsonb_build_object('holds', jsonb_build_array(w.before, w.after))
          FROM (SELECT n.id, b.codes AS before, a.codes AS after
                  FROM events n,
                       LATERAL (SELECT COALESCE(jsonb_agg(COALESCE(params ->> 'text', code)), '[]') AS codes
                                  FROM holds_of_sentences(n.changes #>> '{held_reason,0}',
                                                          n.changes #>> '{blocked_reason,0}')) b,
                       LATERAL (SELECT COALESCE(jsonb_agg(COALESCE(params ->> 'text', code)), '[]') AS codes
                                  FROM holds_of_sentences(n.changes #>> '{held_reason,1}',
                                                          n.changes #>> '{blocked_reason,1}')) a
                 WHERE n.changes ?| ARRAY['held_reason', 'blocked_reason']) w
         WHERE e.tenant_id = t.id AND e.id = w.id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

ALTER TABLE payouts ADD CHECK ((blocked_code IS NULL) = (blocked_params IS NULL));
CREATE INDEX payouts_held_or_blocked ON payouts (tenant_id, state)
    WHERE open_holds IS NOT NULL OR blocked_code IS NOT NULL;
CREATE INDEX sales_held ON transactions (tenant_id, state) WHERE open_holds IS NOT NULL;

-- Two that hold or release the same one take turns at its row, and the second sees what the first has done.
CREATE FUNCTION show_holds_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM transactions WHERE tenant_id = NEW.tenant_id AND id = NEW.transaction_id FOR NO KEY UPDATE;
    UPDATE transactions t SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM sale_holds
             WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.transaction_id AND released_at IS NULL) h
     WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transaction_id AND t.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $$;
CREATE TRIGGER show_holds AFTER INSERT OR UPDATE OF released_at ON sale_holds
    FOR EACH ROW EXECUTE FUNCTION show_holds_of_sale();

CREATE FUNCTION show_holds_of_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id FOR NO KEY UPDATE;
    UPDATE payouts p SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM payout_holds
             WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND released_at IS NULL) h
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND p.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $$;
CREATE TRIGGER show_holds AFTER INSERT OR UPDATE OF released_at ON payout_holds
    FOR EACH ROW EXECUTE FUNCTION show_holds_of_payout();

-- What the ledger itself holds: payouts of a partner with a new account that is not in force, or whom a person stopped.
DROP TRIGGER hold_new_payout ON payouts;
DROP TRIGGER hold_what_is_due ON payouts;
DROP FUNCTION hold_new_payout();
DROP FUNCTION hold_what_is_due_to_be_held();

CREATE FUNCTION hold_payouts_of(tenant uuid, partner uuid, of_code text) RETURNS void
    LANGUAGE sql VOLATILE AS $$
    INSERT INTO payout_holds (tenant_id, payout_id, code)
    SELECT p.tenant_id, p.id, of_code FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.state IN ('awaiting_approval', 'approved')
     ORDER BY p.id
    ON CONFLICT (tenant_id, payout_id, code) WHERE released_at IS NULL DO NOTHING
    $$;

CREATE FUNCTION release_payouts_of(tenant uuid, partner uuid, of_code text) RETURNS void
    LANGUAGE sql VOLATILE AS $$
    UPDATE payout_holds h SET released_at = now(), released_by = who_acts()
      FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.open_holds IS NOT NULL
       AND h.tenant_id = p.tenant_id AND h.payout_id = p.id AND h.code = of_code AND h.released_at IS NULL
    $$;

CREATE OR REPLACE FUNCTION hold_payouts_of_pending_account() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending') THEN
        PERFORM hold_payouts_of(NEW.tenant_id, NEW.partner_id, 'account_pending');
    ELSE
        PERFORM release_payouts_of(NEW.tenant_id, NEW.partner_id, 'account_pending');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION hold_payouts_of_stopped_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payouts_stopped_reason IS NOT NULL THEN
        PERFORM hold_payouts_of(NEW.tenant_id, NEW.id, 'partner_stopped');
    ELSE
        PERFORM release_payouts_of(NEW.tenant_id, NEW.id, 'partner_stopped');
    END IF;
    RETURN NULL;
END $$;

DROP FUNCTION waits_for_its_account();
DROP FUNCTION partner_is_stopped();

-- The codes stand on the new row at once: who is told that it waits for approval looks at them.
CREATE FUNCTION find_holds_of_new_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.open_holds := NULLIF(ARRAY(
        SELECT 'account_pending' WHERE EXISTS (
               SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending')
        UNION ALL
        SELECT 'partner_stopped' WHERE EXISTS (
               SELECT 1 FROM partners
                WHERE tenant_id = NEW.tenant_id AND id = NEW.partner_id AND payouts_stopped_reason IS NOT NULL)),
        '{}');
    RETURN NEW;
END $$;
CREATE TRIGGER find_holds BEFORE INSERT ON payouts FOR EACH ROW
    WHEN (NEW.state IN ('awaiting_approval', 'approved')) EXECUTE FUNCTION find_holds_of_new_payout();

CREATE FUNCTION hold_new_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT NEW.tenant_id, NEW.id, unnest(NEW.open_holds);
    RETURN NULL;
END $$;
CREATE TRIGGER hold_new_payout AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.open_holds IS NOT NULL) EXECUTE FUNCTION hold_new_payout();

DROP TRIGGER mail_about_new_payout ON payouts;
DROP TRIGGER mail_about_payout ON payouts;
CREATE TRIGGER mail_about_new_payout AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.open_holds IS NULL) EXECUTE FUNCTION mail_about_approval();
CREATE TRIGGER mail_about_payout AFTER UPDATE OF state, open_holds ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.open_holds IS NULL
          AND (OLD.state <> 'awaiting_approval' OR OLD.open_holds IS NOT NULL))
    EXECUTE FUNCTION mail_about_approval();

-- For servers of the release before, which may run beside this one for as long as a deploy takes: the columns that they
-- read say the same in German, and what they write into them becomes rows and codes. A later release takes away, from
-- here on: these triggers and functions, the functions of sentences above, transactions.held_reason and .blocked_reason,
-- payouts.held_reason, .held_by, .held_at and .blocked_reason, payouts_that_stand_still and sales_that_stand_still.
CREATE FUNCTION tell_the_release_before_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    SELECT string_agg(sentence_of_hold(code, params), '; ' ORDER BY since, code) FILTER (WHERE code <> 'invoice_voided'),
           min(sentence_of_hold(code, params)) FILTER (WHERE code = 'invoice_voided')
      INTO NEW.held_reason, NEW.blocked_reason
      FROM sale_holds
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER tell_the_release_before BEFORE UPDATE OF open_holds ON transactions
    FOR EACH ROW EXECUTE FUNCTION tell_the_release_before_of_sale();

CREATE FUNCTION hear_the_release_before_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sale_holds SET released_at = now(), released_by = who_acts()
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL
       AND code NOT IN (SELECT code FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason));
    INSERT INTO sale_holds (tenant_id, transaction_id, code, params)
    SELECT NEW.tenant_id, NEW.id, code, params FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason)
    ON CONFLICT (tenant_id, transaction_id, code) WHERE released_at IS NULL DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER hear_the_release_before AFTER UPDATE OF held_reason, blocked_reason ON transactions FOR EACH ROW
    WHEN ((NEW.held_reason, NEW.blocked_reason) IS DISTINCT FROM (OLD.held_reason, OLD.blocked_reason))
    EXECUTE FUNCTION hear_the_release_before_of_sale();

-- That release knew one hold of a payout: a person's before that of a stopped partner before that of a new account.
CREATE FUNCTION tell_the_release_before_of_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    told record;
BEGIN
    IF TG_OP = 'INSERT' THEN  -- the rows come after it
        NEW.held_reason := sentence_of_hold(NEW.open_holds[cardinality(NEW.open_holds)], '{}');
        RETURN NEW;
    END IF;
    SELECT code, params, since, set_by INTO told FROM payout_holds
     WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND released_at IS NULL
     ORDER BY array_position(ARRAY['put_back', 'partner_stopped', 'account_pending'], code) NULLS LAST LIMIT 1;
    NEW.held_reason := CASE WHEN told.code IS NOT NULL THEN sentence_of_hold(told.code, told.params) END;
    NEW.held_by := CASE WHEN told.code = 'put_back' THEN told.set_by END;
    NEW.held_at := CASE WHEN told.code = 'put_back' THEN told.since END;
    RETURN NEW;
END $$;
CREATE TRIGGER tell_the_release_before BEFORE INSERT OR UPDATE OF open_holds ON payouts
    FOR EACH ROW EXECUTE FUNCTION tell_the_release_before_of_payout();

CREATE FUNCTION hear_the_release_before_of_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_by IS NULL THEN
        UPDATE payout_holds SET released_at = now(), released_by = who_acts()
         WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND released_at IS NULL AND code = 'put_back';
    ELSE
        INSERT INTO payout_holds (tenant_id, payout_id, code, params, since, set_by)
        VALUES (NEW.tenant_id, NEW.id, 'put_back', jsonb_build_object('reason', NEW.held_reason), NEW.held_at, NEW.held_by)
        ON CONFLICT (tenant_id, payout_id, code) WHERE released_at IS NULL DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hear_the_release_before AFTER UPDATE OF held_by ON payouts FOR EACH ROW
    WHEN (NEW.held_by IS DISTINCT FROM OLD.held_by) EXECUTE FUNCTION hear_the_release_before_of_payout();

CREATE FUNCTION keep_the_block_in_both() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.blocked_code, NEW.blocked_params) IS DISTINCT FROM (OLD.blocked_code, OLD.blocked_params) THEN
        NEW.blocked_reason := CASE WHEN NEW.blocked_code IS NOT NULL
                                   THEN sentence_of_hold(NEW.blocked_code, NEW.blocked_params) END;
    ELSIF NEW.blocked_reason IS DISTINCT FROM OLD.blocked_reason THEN
        SELECT code, params INTO NEW.blocked_code, NEW.blocked_params FROM hold_of_sentence(NEW.blocked_reason);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_the_block_in_both BEFORE UPDATE OF blocked_reason, blocked_code, blocked_params ON payouts
    FOR EACH ROW EXECUTE FUNCTION keep_the_block_in_both();
