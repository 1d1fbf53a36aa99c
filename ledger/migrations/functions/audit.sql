COMMENT ON TABLE audit_entries IS 'Who did what to which object; never changed.';
COMMENT ON TABLE audit_personal IS 'Personal data of an entry, beside the chain, so that it can be erased.';
COMMENT ON TABLE audit_chain IS 'The hash that seals each entry to the one before.';
COMMENT ON TABLE hands IS
    'Who had a hand in what a payout is: what was done to which object, and how the hand ended.';

-- What is hashed, each part with its length before it. ledger/audit/audit_chain.py builds the same bytes.
CREATE OR REPLACE FUNCTION audit_part(part text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT convert_to(octet_length(COALESCE(part, '')) || ':' || COALESCE(part, ''), 'UTF8') $$;

CREATE OR REPLACE FUNCTION audit_link(entry audit_entries, number bigint, previous bytea) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT sha256(previous || audit_part(entry.tenant_id::text) || audit_part(number::text)
                  || audit_part(entry.seq::text) || audit_part((extract(epoch FROM entry.at) * 1000000)::bigint::text)
                  || audit_part(entry.actor) || audit_part(entry.action) || audit_part(entry.subject)
                  || audit_part(entry.subject_id) || audit_part(entry.detail::text) || audit_part(entry.origin)
                  || audit_part(encode(entry.commitment, 'hex')))
    $$;

CREATE OR REPLACE FUNCTION seal_audit_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    last audit_chain%ROWTYPE;
BEGIN
    -- Deferred to the end of the transaction: this lock is the last one that is taken, so no circle of waiting
    -- can close over it, and it is held for the commit alone.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit-chain:' || NEW.tenant_id, 0));
    SELECT * INTO last FROM audit_chain WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    INSERT INTO audit_chain (tenant_id, number, seq, hash)
    VALUES (NEW.tenant_id, COALESCE(last.number, 0) + 1, NEW.seq,
            audit_link(NEW, COALESCE(last.number, 0) + 1, COALESCE(last.hash, sha256(convert_to(NEW.tenant_id::text, 'UTF8')))));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION seal_audit_entry FROM PUBLIC;

CREATE CONSTRAINT TRIGGER seal_audit_entry AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();
COMMENT ON TRIGGER seal_audit_entry ON audit_entries IS
    'Writes the entry''s link of the chain when its transaction commits.'
    ' Relied on by ledger/audit/audit.py, ledger/audit/audit_chain.py.';

-- The duty to erase (GDPR, Art. 17): what lies beside the chain goes, the chain stays. Own tenant only.
CREATE OR REPLACE FUNCTION erase_audit_personal(seqs bigint[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (DELETE FROM audit_personal WHERE tenant_id = current_tenant() AND seq = ANY (seqs) RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION erase_audit_personal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_audit_personal TO partnerdesk_app;

COMMENT ON TABLE webhook_endpoints IS 'An address of a tenant that hears events out, and how it fares.';
COMMENT ON TABLE webhook_endpoint_secrets IS
    'What an endpoint''s calls are signed with, encrypted; two while one takes the place of the other.';
COMMENT ON TABLE events_out IS 'What happened, as others are told of it: ids, states and amounts, no bank data.';
COMMENT ON TABLE event_deliveries IS 'An event that one endpoint hears, or heard; `seq` is the order in which it does.';
COMMENT ON TABLE api_requests IS
    'What was asked of the JSON API by which key, and how it was answered; neither contents nor secrets.';
COMMENT ON TABLE event_attempts IS 'One try to deliver an event, and what was answered.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON webhook_endpoints FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON webhook_endpoints IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON event_deliveries FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON event_deliveries IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

-- Asked first, so that a tenant without endpoints pays one look into a small index.
CREATE OR REPLACE FUNCTION anybody_hears(of_tenant uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT FROM webhook_endpoints WHERE tenant_id = of_tenant AND state <> 'ended') $$;

-- An event, due at every endpoint that hears its type. Whoever calls this holds the row of the object, so that the numbers of
-- an object's events are in the order in which they are committed (engine.md, Statements and events out). Endpoints are
-- locked as their foreign key would: one that ends meanwhile is seen to have ended, so nothing is due there for ever.
CREATE OR REPLACE FUNCTION tell_others(of_tenant uuid, of_type text, of_subject text, of_subject_id text, with_data jsonb)
    RETURNS void LANGUAGE sql VOLATILE
    AS $$
    WITH hears AS (
        SELECT id FROM webhook_endpoints
         WHERE tenant_id = of_tenant AND state <> 'ended' AND (types = '{}' OR of_type = ANY (types))
         ORDER BY seq FOR KEY SHARE),
    made AS (
        INSERT INTO events_out (tenant_id, type, subject, subject_id, data)
        SELECT of_tenant, of_type, of_subject, of_subject_id, with_data WHERE EXISTS (SELECT FROM hears)
        RETURNING id)
    INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, subject, subject_id)
    SELECT of_tenant, hears.id, made.id, of_subject, of_subject_id FROM hears, made
    $$;

CREATE OR REPLACE FUNCTION tell_of_payout(of_payout payouts, of_type text) RETURNS void
    LANGUAGE sql VOLATILE
    AS $$
    SELECT tell_others(of_payout.tenant_id, of_type, 'payout', of_payout.number, jsonb_build_object(
               'id', of_payout.number, 'state', of_payout.state, 'partner', q.code,
               'net_cents', of_payout.net_cents, 'tax_cents', of_payout.tax_cents, 'gross_cents', of_payout.gross_cents,
               'currency', of_payout.currency, 'period_from', of_payout.period_from, 'period_to', of_payout.period_to,
               'transferred_on', of_payout.transferred_on, 'paid_on', of_payout.paid_on,
               'objected_at', of_payout.objected_at))
      FROM partners q WHERE q.tenant_id = of_payout.tenant_id AND q.id = of_payout.partner_id
    $$;

CREATE OR REPLACE FUNCTION tell_of_transaction(sale transactions, of_type text) RETURNS void
    LANGUAGE sql VOLATILE
    AS $$
    SELECT tell_others(sale.tenant_id, of_type, 'transaction', sale.id::text, jsonb_build_object(
               'id', sale.id, 'state', sale.state, 'source', sale.source,
               'partner', (SELECT code FROM partners WHERE tenant_id = sale.tenant_id AND id = sale.partner_id),
               'base_cents', sale.base_cents, 'gross_cents', sale.gross_cents, 'refunded_cents', sale.refunded_cents,
               'currency', sale.currency, 'sold_at', sale.sold_at))
    $$;

CREATE OR REPLACE FUNCTION tell_of_commission(line commissions, of_type text) RETURNS void
    LANGUAGE sql VOLATILE
    AS $$
    SELECT tell_others(line.tenant_id, of_type, 'commission', line.id::text, jsonb_build_object(
               'id', line.id, 'state', line.state, 'kind', line.kind, 'level', line.level,
               'partner', (SELECT code FROM partners WHERE tenant_id = line.tenant_id AND id = line.partner_id),
               'transaction', line.transaction_id, 'net_cents', line.net_cents, 'provisional', line.provisional,
               'service_date', line.service_date))
    $$;

-- Every change of a state has a row in the trail of states, whoever made it: what others hear of it hangs there.
CREATE OR REPLACE FUNCTION tell_of_state() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    about payouts;
    said text;
BEGIN
    IF NOT anybody_hears(NEW.tenant_id) THEN
        RETURN NULL;
    END IF;
    IF NEW.subject = 'payouts' THEN
        SELECT * INTO about FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.subject_id;
        said := CASE NEW.to_state
                  WHEN 'awaiting_approval' THEN 'payout.requested'
                  WHEN 'approved' THEN 'payout.approved'
                  WHEN 'rejected' THEN 'payout.rejected'
                  WHEN 'cancelled' THEN 'payout.cancelled'
                  WHEN 'paid' THEN 'payout.paid'
                  WHEN 'settled_manually' THEN 'payout.paid'
                  WHEN 'returned' THEN 'payout.returned'
                  -- An own document is issued before it is delivered, which opens it: tell_of_payout_fields says so.
                  WHEN 'credit_note_open' THEN CASE about.strategy WHEN 'own_document' THEN NULL ELSE 'payout.document_issued' END
                END;
        IF said IS NOT NULL THEN
            PERFORM tell_of_payout(about, said);
        END IF;
    ELSIF NEW.subject = 'commissions' AND (NEW.from_state IN ('', 'pending') OR NEW.to_state = 'reversed') THEN
        IF NEW.from_state = '' THEN
            PERFORM tell_of_commission(c, 'commission.created') FROM commissions c
              WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.subject_id;
        END IF;
        IF NEW.to_state IN ('approved', 'reversed') THEN
            PERFORM tell_of_commission(c, 'commission.' || NEW.to_state) FROM commissions c
              WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.subject_id;
        END IF;
    ELSIF NEW.subject = 'transactions' AND (NEW.from_state = '' OR NEW.to_state = 'refunded') THEN
        PERFORM tell_of_transaction(t, CASE NEW.from_state WHEN '' THEN 'transaction.created' ELSE 'transaction.refunded' END)
           FROM transactions t WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.subject_id
            -- A sale of before is no news.
            AND (NEW.from_state <> '' OR t.import_id IS NULL);
    ELSIF NEW.subject = 'bank_runs' AND NEW.to_state = 'exported' THEN
        -- Whoever makes the file holds its payouts (bank_export.py).
        PERFORM tell_of_payout(p, 'payout.exported')
           FROM bank_run_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
          WHERE l.tenant_id = NEW.tenant_id AND l.run_id = NEW.subject_id AND l.released_at IS NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_state AFTER INSERT ON state_changes FOR EACH ROW
    WHEN (NEW.subject IN ('payouts', 'commissions', 'transactions', 'bank_runs')) EXECUTE FUNCTION tell_of_state();
COMMENT ON TRIGGER tell_of_state ON state_changes IS
    'Writes the event out of a changed state, due at every endpoint that hears its type.'
    ' Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE FUNCTION tell_of_payout_fields() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT anybody_hears(NEW.tenant_id) THEN
        RETURN NULL;
    END IF;
    IF OLD.document_stage IS NULL AND NEW.document_stage IS NOT NULL THEN
        PERFORM tell_of_payout(NEW, 'payout.document_issued');
    END IF;
    IF OLD.transferred_on IS NULL AND NEW.transferred_on IS NOT NULL THEN
        PERFORM tell_of_payout(NEW, 'payout.transferred');
    END IF;
    IF OLD.objected_at IS NULL AND NEW.objected_at IS NOT NULL THEN
        PERFORM tell_of_payout(NEW, 'partner.objection');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_payout_fields AFTER UPDATE OF document_stage, transferred_on, objected_at ON payouts
    FOR EACH ROW EXECUTE FUNCTION tell_of_payout_fields();
COMMENT ON TRIGGER tell_of_payout_fields ON payouts IS
    'Writes the event out of a document that was issued, of a transfer that the bank has booked, of an objection.'
    ' Relied on by ledger/audit/events_out.py.';

-- Of a part; the whole changes the state.
CREATE OR REPLACE FUNCTION tell_of_refund() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_of_transaction(NEW, 'transaction.refunded');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_refund AFTER UPDATE OF refunded_cents ON transactions FOR EACH ROW
    WHEN (NEW.refunded_cents > OLD.refunded_cents AND NEW.state <> 'refunded') EXECUTE FUNCTION tell_of_refund();
COMMENT ON TRIGGER tell_of_refund ON transactions IS
    'Writes the event out of a sale of which a part was refunded. Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE FUNCTION tell_of_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, 'partner.updated', 'partner', NEW.code, jsonb_build_object(
            'id', NEW.code, 'state', NEW.status, 'is_new', TG_OP = 'INSERT',
            'payouts_stopped', NEW.payouts_stopped_reason IS NOT NULL, 'leaving_since', NEW.leaving_since));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_new_partner AFTER INSERT ON partners FOR EACH ROW EXECUTE FUNCTION tell_of_partner();
COMMENT ON TRIGGER tell_of_new_partner ON partners IS
    'Writes the event out of a new partner. Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE TRIGGER tell_of_partner AFTER UPDATE ON partners FOR EACH ROW
    WHEN ((OLD.code, OLD.name, OLD.email, OLD.status, OLD.sponsor_id, OLD.campaign_id, OLD.supplement, OLD.street, OLD.zip,
           OLD.city, OLD.country_code, OLD.agreement_version, OLD.minimum_payout_cents, OLD.payouts_stopped_reason,
           OLD.leaving_since)
          IS DISTINCT FROM
          (NEW.code, NEW.name, NEW.email, NEW.status, NEW.sponsor_id, NEW.campaign_id, NEW.supplement, NEW.street, NEW.zip,
           NEW.city, NEW.country_code, NEW.agreement_version, NEW.minimum_payout_cents, NEW.payouts_stopped_reason,
           NEW.leaving_since))
    EXECUTE FUNCTION tell_of_partner();
COMMENT ON TRIGGER tell_of_partner ON partners IS
    'Writes the event out of a partner that was changed. Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE FUNCTION tell_of_task() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, CASE NEW.state WHEN 'open' THEN 'task.opened' ELSE 'task.closed' END, 'task',
            NEW.id::text, jsonb_build_object('id', NEW.id, 'state', NEW.state, 'kind', NEW.kind, 'subject', NEW.subject,
                                             'subject_id', NEW.subject_id, 'reason', NEW.reason_code));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_new_task AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION tell_of_task();
COMMENT ON TRIGGER tell_of_new_task ON tasks IS
    'Writes the event out of a question that is asked. Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE TRIGGER tell_of_task AFTER UPDATE OF state ON tasks FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_of_task();
COMMENT ON TRIGGER tell_of_task ON tasks IS
    'Writes the event out of a question that was closed. Relied on by ledger/audit/events_out.py.';

CREATE OR REPLACE FUNCTION tell_of_connection() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, CASE NEW.state WHEN 'broken' THEN 'connection.broken' ELSE 'connection.restored' END,
            'connection', NEW.provider, jsonb_build_object('id', NEW.provider, 'state', NEW.state));
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tell_of_connection AFTER UPDATE OF state ON provider_connections FOR EACH ROW
    WHEN ((OLD.state = 'broken') <> (NEW.state = 'broken') AND NEW.state <> 'unconnected')
    EXECUTE FUNCTION tell_of_connection();
COMMENT ON TRIGGER tell_of_connection ON provider_connections IS
    'Writes the event out of a connection that broke, or works again. Relied on by ledger/audit/events_out.py.';

-- Endpoints at which something waits that may go now, over all tenants: ids, and nothing of what they hear.
CREATE OR REPLACE FUNCTION find_due_endpoints(older_than interval) RETURNS TABLE (tenant_id uuid, slug text, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT e.tenant_id, t.slug, e.id FROM webhook_endpoints e JOIN tenants t ON t.id = e.tenant_id
     WHERE e.state = 'active' AND (e.rests_until IS NULL OR e.rests_until < now() - older_than)
       AND EXISTS (SELECT FROM event_deliveries d
                    WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'due'
                      AND d.next_at < now() - older_than
                      AND NOT EXISTS (SELECT FROM event_deliveries o
                                       WHERE o.tenant_id = d.tenant_id AND o.endpoint_id = d.endpoint_id AND o.state = 'due'
                                         AND o.subject = d.subject AND o.subject_id = d.subject_id AND o.seq < d.seq))
    $$;
REVOKE ALL ON FUNCTION find_due_endpoints FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_due_endpoints TO partnerdesk_app;

-- The log of what was delivered ends; what is due stays. Own tenant only.
CREATE OR REPLACE FUNCTION forget_events_out(older_than interval, at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM events_out e
         WHERE e.tenant_id = current_tenant() AND e.id = ANY (ARRAY(
               SELECT o.id FROM events_out o
                WHERE o.tenant_id = current_tenant() AND o.created_at < now() - older_than
                  AND NOT EXISTS (SELECT FROM event_deliveries d
                                   WHERE d.tenant_id = o.tenant_id AND d.event_id = o.id AND d.state = 'due')
                ORDER BY o.created_at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_events_out FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_events_out TO partnerdesk_app;

-- The log of the JSON API ends, to the day; what no tenant keeps goes by the month (drop_months). Own tenant only.
CREATE OR REPLACE FUNCTION forget_api_requests(older_than interval, at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM api_requests r
         WHERE r.tenant_id = current_tenant() AND r.at < now() - older_than AND r.seq = ANY (ARRAY(
               SELECT o.seq FROM api_requests o
                WHERE o.tenant_id = current_tenant() AND o.at < now() - older_than ORDER BY o.at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_api_requests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_api_requests TO partnerdesk_app;
