COMMENT ON TABLE payouts IS 'What a partner is to get in one tax case: lines, sums, approval, document and payment.';
COMMENT ON TABLE payout_lines IS 'A commission in a payout; released when it drops out.';
COMMENT ON TABLE payout_counters IS 'The last number of a payout in a year.';
COMMENT ON TABLE decisions IS
    'A person''s decision about a payout: approve, reject, cancel, resolve; handed to its workflow.';
COMMENT ON TABLE payout_notes IS 'What people write down about a payout.';
COMMENT ON TABLE payout_runs IS 'A run that makes the payouts of a period, or rehearses it.';
COMMENT ON TABLE payout_run_rows IS 'What a run did for one partner and tax case, or why it did nothing.';
COMMENT ON TABLE own_reversals IS
    'A decision to take back a document of our own, or to correct earlier ones, and how far its document has come.';
COMMENT ON TABLE correction_lines IS 'A commission that a correcting document takes up; released when the document does not come.';
COMMENT ON TABLE claims IS 'What a partner owes us beside its commissions: of a correcting document, or transferred too much.';
COMMENT ON TABLE claim_parts IS 'What has come of a claim: paid back by the bank or as a person says, or written off.';
COMMENT ON TABLE set_offs IS 'What of a payout is not transferred, but set off against a claim on the same partner.';
COMMENT ON TABLE claim_write_offs IS 'That somebody wants the rest of a claim written off, and who decided it.';
COMMENT ON TABLE objection_endings IS 'How a partner''s objection to a document of our own ended.';
COMMENT ON TABLE payout_holds IS
    'What holds a payout: a code with parameters, since when, by whom, and until when it did.';

CREATE OR REPLACE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON payout_runs
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
COMMENT ON TRIGGER follow_the_arrows ON payout_runs IS
    'Refuses a state that may not follow (PD001), and notes in state_changes each one that does.'
    ' Relied on by ledger/payouts/payout_runs.py.';

CREATE OR REPLACE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON payouts
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
COMMENT ON TRIGGER follow_the_arrows ON payouts IS
    'Refuses a state that may not follow (PD001), and notes in state_changes each one that does.'
    ' Relied on by ledger/payouts/payouts.py, ledger/payouts/decisions.py, ledger/payouts/payout_timeline.py.';

-- Sum of lines = payout, at the end of each transaction. A cancelled or rejected payout has released its lines
-- and keeps its amounts as history.
CREATE OR REPLACE FUNCTION lines_add_up() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid;
    payout payouts%ROWTYPE;
    lines  record;
BEGIN
    IF TG_TABLE_NAME = 'payouts' THEN
        wanted := NEW.id;
    ELSE
        wanted := NEW.payout_id;
    END IF;
    SELECT * INTO payout FROM payouts WHERE tenant_id = NEW.tenant_id AND id = wanted;
    IF payout.state IN ('cancelled', 'rejected') THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(sum(net_cents), 0) AS net, COALESCE(sum(tax_cents), 0) AS tax INTO lines
      FROM payout_lines WHERE tenant_id = NEW.tenant_id AND payout_id = wanted AND released_at IS NULL;
    IF lines.net <> payout.net_cents OR lines.tax <> payout.tax_cents THEN
        RAISE EXCEPTION 'the lines of payout % do not add up', payout.number USING ERRCODE = 'PD005';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER lines_add_up AFTER INSERT OR UPDATE OF net_cents, tax_cents, state ON payouts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lines_add_up();
COMMENT ON TRIGGER lines_add_up ON payouts IS
    'Refuses a payout whose lines do not add up to it (PD005), at the end of the transaction.'
    ' Relied on by ledger/payouts/payout_lines.py, ledger/payouts/payout_requests.py.';

-- Lines arrive and leave by the hundred: once per statement is enough, and the payout's own row is always touched
-- with them, so its deferred trigger sees the end result.
CREATE OR REPLACE FUNCTION touch_payout_of_line() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payouts SET net_cents = net_cents, updated_at = now()
     WHERE (tenant_id, id) IN (SELECT DISTINCT tenant_id, payout_id FROM changed);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER touch_payout_on_insert AFTER INSERT ON payout_lines
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_payout_of_line();
COMMENT ON TRIGGER touch_payout_on_insert ON payout_lines IS
    'Touches the payouts of new lines, so that lines_add_up looks at them.'
    ' Relied on by ledger/payouts/payout_requests.py.';

CREATE OR REPLACE TRIGGER touch_payout_on_update AFTER UPDATE ON payout_lines
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_payout_of_line();
COMMENT ON TRIGGER touch_payout_on_update ON payout_lines IS
    'Touches the payouts of changed lines, so that lines_add_up looks at them.'
    ' Relied on by ledger/payouts/payout_lines.py.';

-- "approved → cancelled | awaiting_approval, both only while no creation intent exists" (rules.md, States), and no document
-- of our own either, which is closed as „nicht ausgegeben" first, or taken back by its Storno.
CREATE OR REPLACE FUNCTION an_intent_holds_the_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'approved' AND EXISTS (
            SELECT 1 FROM creation_intents
             WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND closed_at IS NULL)
       OR EXISTS (SELECT 1 FROM own_documents d
                   WHERE d.tenant_id = NEW.tenant_id AND d.payout_id = NEW.id AND d.closed_at IS NULL
                     AND d.kind IN ('self_billed', 'commission_statement')
                     AND NOT EXISTS (SELECT 1 FROM own_reversals r
                                      WHERE r.tenant_id = d.tenant_id AND r.original_id = d.id
                                        AND r.kind = 'reversal' AND r.stage = 'delivered')) THEN
        RAISE EXCEPTION 'payout % has a creation intent or a document', NEW.number USING ERRCODE = 'PD006';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER an_intent_holds_the_payout AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (OLD.state IN ('approved', 'outcome_unknown') AND NEW.state IN ('cancelled', 'awaiting_approval'))
    EXECUTE FUNCTION an_intent_holds_the_payout();
COMMENT ON TRIGGER an_intent_holds_the_payout ON payouts IS
    'Refuses to take an approved payout back while a document is under way, or issued and not closed (PD006).'
    ' Relied on by ledger/payouts/payouts.py, ledger/documents/intents.py, ledger/payouts/own_stages.py.';

CREATE OR REPLACE FUNCTION payouts_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payouts are never deleted' USING ERRCODE = 'PD007'; END $$;

CREATE OR REPLACE TRIGGER payouts_stay BEFORE DELETE ON payouts FOR EACH STATEMENT EXECUTE FUNCTION payouts_stay();
COMMENT ON TRIGGER payouts_stay ON payouts IS
    'Refuses to delete a payout (PD007).'
    ' Relied on by ledger/payouts/payouts.py.';

-- What was committed and not yet announced to the engine, over all tenants: ids only (engine.md, hand-over).
CREATE OR REPLACE FUNCTION find_unannounced(older_than interval, at_most integer)
    RETURNS TABLE (kind text, tenant_id uuid, slug text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.kind, u.tenant_id, t.slug, u.id FROM (
        (SELECT 'payout' AS kind, p.tenant_id, p.number AS id, p.created_at AS since FROM payouts p
          WHERE (p.workflow_started_at IS NULL AND p.created_at < now() - older_than)
             OR p.recheck_wanted_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'decision', d.tenant_id, d.id::text, d.decided_at FROM decisions d
          WHERE d.delivered_at IS NULL AND d.decided_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'invoice', i.tenant_id, i.id::text, i.created_at FROM creation_intents i
          WHERE i.kind = 'invoice' AND i.announced_at IS NULL AND i.created_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'event', e.tenant_id, e.id::text, e.received_at FROM events e
          WHERE e.state = 'received' AND e.handed_over_at IS NULL AND e.received_at < now() - older_than
            AND e.provider IN (SELECT name FROM providers WHERE is_books)
          LIMIT at_most)
    ) u JOIN tenants t ON t.id = u.tenant_id
    ORDER BY u.since LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_unannounced FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_unannounced TO partnerdesk_app;

-- The same in turns: of each tenant its most urgent ones, and never one tenant's second before another's first (engine.md,
-- Fairness of the hand-over). `but` names what is left out, as tenant/kind/id.
CREATE OR REPLACE FUNCTION find_unannounced_in_turns(
    older_than interval, of_each integer, at_most integer, but text[] DEFAULT '{}')
    RETURNS TABLE (kind text, tenant_id uuid, slug text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT turned.kind, turned.tenant_id, t.slug, turned.id FROM (
        SELECT u.*, row_number() OVER (PARTITION BY u.tenant_id ORDER BY u.rank, u.since, u.id) AS turn FROM (
            SELECT 1 AS rank, 'decision' AS kind, d.tenant_id, d.id::text, d.decided_at AS since FROM decisions d
             WHERE d.delivered_at IS NULL AND d.decided_at < now() - older_than
            UNION ALL
            SELECT 2, 'payout', p.tenant_id, p.number, LEAST(p.recheck_wanted_at, p.created_at) FROM payouts p
             WHERE (p.workflow_started_at IS NULL AND p.created_at < now() - older_than)
                OR p.recheck_wanted_at < now() - older_than
            UNION ALL
            SELECT 3, 'payout_run', r.tenant_id, r.id::text, r.created_at FROM payout_runs r
             WHERE r.started_at IS NULL AND r.state = 'running' AND r.created_at < now() - older_than
            UNION ALL
            SELECT 4, 'statement', f.tenant_id, f.id::text, f.brought_at FROM statement_files f
             WHERE f.matched_at IS NULL AND f.brought_at < now() - older_than
            UNION ALL
            SELECT 2, 'own_reversal', v.tenant_id, v.id::text, v.announcement_wanted_at FROM own_reversals v
             WHERE v.announcement_wanted_at < now() - older_than
            UNION ALL
            -- Its document's delivery was told: no trigger says so, as whoever tells it holds no payout.
            SELECT 2, 'own_reversal', v.tenant_id, v.id::text, w.at FROM own_reversals v
             CROSS JOIN LATERAL (SELECT max(at) AS at, count(*) AS told FROM own_document_deliveries
                                  WHERE tenant_id = v.tenant_id AND document_id = v.document_id) w
             WHERE v.confirmed AND v.withdrawn_at IS NULL AND v.stage <> 'delivered' AND w.told <> v.seen_delivery
               AND w.at < now() - older_than
            UNION ALL
            SELECT 5, 'event', e.tenant_id, e.id::text, e.received_at FROM events e
             WHERE e.state = 'received' AND e.handed_over_at IS NULL AND e.received_at < now() - older_than
               AND e.provider IN (SELECT name FROM providers WHERE is_books)
            UNION ALL
            SELECT 6, 'invoice', i.tenant_id, i.id::text, i.created_at FROM creation_intents i
             WHERE i.kind = 'invoice' AND i.announced_at IS NULL AND i.created_at < now() - older_than
        ) u WHERE u.tenant_id::text || '/' || u.kind || '/' || u.id <> ALL (but)
    ) turned JOIN tenants t ON t.id = turned.tenant_id
     WHERE turned.turn <= of_each
     ORDER BY turned.rank, turned.turn, turned.since LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_unannounced_in_turns FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_unannounced_in_turns TO partnerdesk_app;

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

CREATE OR REPLACE TRIGGER hold_payouts AFTER INSERT OR UPDATE OF state ON partner_bank_details
    FOR EACH ROW EXECUTE FUNCTION hold_payouts_of_pending_account();
COMMENT ON TRIGGER hold_payouts ON partner_bank_details IS
    'Holds the partner''s payouts while an account waits, and lets them go when none does.'
    ' Relied on by ledger/bank/partner_accounts.py, ledger/payouts/payout_holds.py.';

CREATE OR REPLACE FUNCTION hold_new_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT NEW.tenant_id, NEW.id, unnest(NEW.open_holds);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER hold_new_payout AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.open_holds IS NOT NULL) EXECUTE FUNCTION hold_new_payout();
COMMENT ON TRIGGER hold_new_payout ON payouts IS
    'Writes a row for each hold that a new payout was found to have.'
    ' Relied on by ledger/payouts/payout_holds.py.';

-- How long the sales of a payout waited for it, from the customer's payment to ours: mean over its lines. Line by
-- line: without statistics, as in a young database, the join of three tables read all
-- commissions of the tenant for each payout that was paid.
CREATE OR REPLACE FUNCTION note_how_long_it_took() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    SELECT extract(epoch FROM avg(now() - sale.paid_at))::bigint INTO NEW.waited_seconds
      FROM payout_lines l
      CROSS JOIN LATERAL (
           SELECT transaction_id FROM commissions
            WHERE tenant_id = l.tenant_id AND id = l.commission_id AND kind = 'sale' LIMIT 1) c
      CROSS JOIN LATERAL (
           SELECT paid_at FROM transactions WHERE tenant_id = l.tenant_id AND id = c.transaction_id LIMIT 1) sale
     WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER note_how_long_it_took BEFORE UPDATE OF state ON payouts
    FOR EACH ROW WHEN (NEW.state = 'paid' AND OLD.state <> 'paid' AND NEW.waited_seconds IS NULL)
    EXECUTE FUNCTION note_how_long_it_took();
COMMENT ON TRIGGER note_how_long_it_took ON payouts IS
    'Notes how long its sales waited, when a payout is paid.'
    ' Relied on by ledger/reports/overview.py.';

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

CREATE OR REPLACE TRIGGER hold_payouts AFTER UPDATE OF payouts_stopped_reason ON partners
    FOR EACH ROW EXECUTE FUNCTION hold_payouts_of_stopped_partner();
COMMENT ON TRIGGER hold_payouts ON partners IS
    'Holds the payouts of a partner that is stopped, and lets them go afterwards.'
    ' Relied on by ledger/payouts/payout_stops.py.';

CREATE OR REPLACE FUNCTION list_run_days() RETURNS TABLE (id uuid, slug text, day smallint, hour smallint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, slug, payout_run_day, payout_run_hour FROM tenants WHERE payout_run_day IS NOT NULL
$$;
REVOKE ALL ON FUNCTION list_run_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_run_days TO partnerdesk_app;

-- Statistics of what a payout run fills, by the hundred thousand rows. The planner knows nothing of a table that was empty
-- when autovacuum looked, and every index begins with the tenant: all look alike, and whichever it takes may read all of
-- the tenant's rows for each line. Called between transactions; it looks at a table that has grown to twice its size.
CREATE OR REPLACE FUNCTION keep_statistics_of_payouts() RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    filled regclass;
BEGIN
    FOR filled IN
        SELECT oid FROM pg_class
         WHERE oid IN ('payouts'::regclass, 'payout_lines'::regclass, 'payout_run_rows'::regclass,
                       'state_changes'::regclass, 'audit_entries'::regclass, 'audit_chain'::regclass)
           AND pg_relation_size(oid) > 2 * relpages::bigint * current_setting('block_size')::bigint
    LOOP
        -- Who looks already will be done soon.
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', filled);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION keep_statistics_of_payouts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_statistics_of_payouts TO partnerdesk_app;

CREATE OR REPLACE FUNCTION show_holds_of_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id FOR NO KEY UPDATE;
    UPDATE payouts p SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM payout_holds
             WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND released_at IS NULL) h
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND p.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER show_holds AFTER INSERT OR UPDATE OF released_at ON payout_holds
    FOR EACH ROW EXECUTE FUNCTION show_holds_of_payout();
COMMENT ON TRIGGER show_holds ON payout_holds IS
    'Keeps the codes of the open holds on the payout, under its lock.'
    ' Relied on by ledger/payouts/payout_holds.py, ledger/payouts/decisions.py.';

CREATE OR REPLACE FUNCTION hold_payouts_of(tenant uuid, partner uuid, of_code text) RETURNS void
    LANGUAGE sql VOLATILE AS $$
    SELECT 1 FROM payouts
     WHERE tenant_id = tenant AND partner_id = partner AND state IN ('awaiting_approval', 'approved')
     ORDER BY seq FOR NO KEY UPDATE;
    INSERT INTO payout_holds (tenant_id, payout_id, code)
    SELECT p.tenant_id, p.id, of_code FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.state IN ('awaiting_approval', 'approved')
    ON CONFLICT (tenant_id, payout_id, code) WHERE released_at IS NULL DO NOTHING
    $$;

CREATE OR REPLACE FUNCTION release_payouts_of(tenant uuid, partner uuid, of_code text) RETURNS void
    LANGUAGE sql VOLATILE AS $$
    SELECT 1 FROM payouts WHERE tenant_id = tenant AND partner_id = partner AND open_holds IS NOT NULL
     ORDER BY seq FOR NO KEY UPDATE;
    UPDATE payout_holds h SET released_at = now(), released_by = who_acts()
      FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.open_holds IS NOT NULL
       AND h.tenant_id = p.tenant_id AND h.payout_id = p.id AND h.code = of_code AND h.released_at IS NULL
    $$;

-- The codes stand on the new row at once: who is told that it waits for approval looks at them.
CREATE OR REPLACE FUNCTION find_holds_of_new_payout() RETURNS trigger
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

CREATE OR REPLACE TRIGGER find_holds BEFORE INSERT ON payouts FOR EACH ROW
    WHEN (NEW.state IN ('awaiting_approval', 'approved')) EXECUTE FUNCTION find_holds_of_new_payout();
COMMENT ON TRIGGER find_holds ON payouts IS
    'Finds what holds a new payout: an account that waits, a partner who is stopped.'
    ' Relied on by ledger/payouts/payout_requests.py.';

-- That release knew one hold of a payout: a person's before that of a stopped partner before that of a new account.
CREATE OR REPLACE FUNCTION tell_the_release_before_of_payout() RETURNS trigger
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

CREATE OR REPLACE TRIGGER tell_the_release_before BEFORE INSERT OR UPDATE OF open_holds ON payouts
    FOR EACH ROW EXECUTE FUNCTION tell_the_release_before_of_payout();
COMMENT ON TRIGGER tell_the_release_before ON payouts IS
    'Says what holds it in the columns that the release before reads.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE FUNCTION hear_the_release_before_of_payout() RETURNS trigger
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

CREATE OR REPLACE TRIGGER hear_the_release_before AFTER UPDATE OF held_by ON payouts FOR EACH ROW
    WHEN (NEW.held_by IS DISTINCT FROM OLD.held_by) EXECUTE FUNCTION hear_the_release_before_of_payout();
COMMENT ON TRIGGER hear_the_release_before ON payouts IS
    'Makes rows of holds of what the release before writes.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE FUNCTION keep_the_block_in_both() RETURNS trigger
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

CREATE OR REPLACE TRIGGER keep_the_block_in_both BEFORE UPDATE OF blocked_reason, blocked_code, blocked_params ON payouts
    FOR EACH ROW EXECUTE FUNCTION keep_the_block_in_both();
COMMENT ON TRIGGER keep_the_block_in_both ON payouts IS
    'Keeps why an approved payout is blocked the same as a code and as the release before reads and writes it.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON payouts FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON payouts IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON payout_runs FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON payout_runs IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

-- Whose open hands a payout shows: on it, its partner, its lines and their sales, and on what decided what these earn. One
-- question for approval, queue and page.
CREATE OR REPLACE FUNCTION open_hands_of_payout(wanted uuid) RETURNS SETOF hands
    LANGUAGE sql STABLE AS $$
    WITH RECURSIVE payee AS MATERIALIZED (
        SELECT partner_id, number FROM payouts WHERE tenant_id = current_tenant() AND id = wanted),
    lines AS MATERIALIZED (
        SELECT c.id, c.transaction_id, c.plan_id, c.level, c.service_date, c.recorded_by,
               COALESCE(c.campaign_id, (SELECT v.campaign_id FROM plans v WHERE v.tenant_id = c.tenant_id AND v.id = c.plan_id))
                   AS campaign_id
          FROM payout_lines l JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = current_tenant() AND l.payout_id = wanted AND l.released_at IS NULL),
    sales AS MATERIALIZED (
        SELECT t.id, t.partner_id, t.customer_id, t.subscription, t.partner_by IN ('subscription', 'customer') AS remembered,
               t.original_currency, deepest.level
          FROM (SELECT transaction_id, max(level) AS level FROM lines GROUP BY 1) deepest
          JOIN transactions t ON t.tenant_id = current_tenant() AND t.id = deepest.transaction_id),
    -- From whoever sold up to the payee, over every sponsor that a partner ever had: a move that was taken back counts.
    chain AS (
        SELECT partner_id FROM sales WHERE level > 1 AND partner_id IS NOT NULL
        UNION
        SELECT h.sponsor_id FROM chain JOIN partner_history h ON h.tenant_id = current_tenant() AND h.partner_id = chain.partner_id
         WHERE h.sponsor_id IS NOT NULL AND chain.partner_id <> (SELECT partner_id FROM payee)),
    named AS (
        SELECT 'payout' AS subject, number AS subject_id FROM payee
        UNION SELECT 'partner', partner_id::text FROM payee
        UNION SELECT 'partner', partner_id::text FROM chain
        UNION SELECT 'partner', partner_id::text FROM sales
        UNION SELECT 'commission', id::text FROM lines
        -- What was split off a line that somebody wrote is that line.
        UNION SELECT 'commission', c.id::text FROM lines l
                JOIN commissions c ON c.tenant_id = current_tenant() AND c.transaction_id = l.transaction_id
                                  AND c.recorded_by = l.recorded_by
        UNION SELECT 'campaign', campaign_id::text FROM lines
        UNION SELECT 'customer', customer_id::text FROM sales
        UNION SELECT 'transaction', id::text FROM sales
        -- Whom a person named for one payment, those after it belong to.
        UNION SELECT 'transaction', n.id::text FROM sales s
                JOIN transactions n ON n.tenant_id = current_tenant() AND n.customer_id = s.customer_id AND n.partner_by = 'person'
               WHERE s.remembered
        UNION SELECT 'transaction', n.id::text FROM sales s
                JOIN transactions n ON n.tenant_id = current_tenant() AND n.subscription = s.subscription AND n.partner_by = 'person'
               WHERE s.remembered
        UNION SELECT 'document', d.resource_id::text FROM sales s
                JOIN external_documents d ON d.tenant_id = current_tenant() AND d.transaction_id = s.id
        UNION SELECT 'foreign_payment', f.id::text FROM sales s
                JOIN sale_references r ON r.tenant_id = current_tenant() AND r.transaction_id = s.id
                JOIN foreign_payments f ON f.tenant_id = current_tenant() AND f.names && ARRAY[r.reference]
               WHERE s.original_currency IS NOT NULL
        UNION SELECT 'introduction', i.reference FROM sales s
                JOIN introductions i ON i.tenant_id = current_tenant() AND i.customer_id = s.customer_id
               WHERE s.remembered
        UNION SELECT 'introduction', i.reference FROM sales s
                JOIN introductions i ON i.tenant_id = current_tenant() AND i.subscription = s.subscription
               WHERE s.remembered)
    SELECT h.* FROM named n
      JOIN hands h ON h.tenant_id = current_tenant() AND h.subject = n.subject AND h.subject_id = n.subject_id
     WHERE h.ended_at IS NULL
       AND CASE h.subject
           WHEN 'partner' THEN
                h.subject_id = (SELECT partner_id::text FROM payee) AND CASE h.act
                    WHEN 'partner.bank_details_saved' THEN EXISTS (
                         SELECT 1 FROM partner_bank_details b
                          WHERE b.tenant_id = h.tenant_id AND b.id = h.about AND b.state IN ('active', 'pending'))
                    WHEN 'partner.tax_status_recorded' THEN EXISTS (
                         SELECT 1 FROM (SELECT DISTINCT service_date FROM lines) d
                          WHERE (SELECT s.id FROM tax_status_on(h.tenant_id, h.subject_id::uuid, d.service_date) s) = h.about)
                    ELSE h.fields IS NULL
                         OR h.fields && ARRAY['name', 'email', 'supplement', 'street', 'zip', 'city', 'country_code',
                                              'lexoffice_contact_id', 'status', 'version', 'accepted_at', 'rendered_from'] END
                OR h.fields && ARRAY['sponsor_code'] AND h.subject_id IN (
                   SELECT partner_id::text FROM chain EXCEPT SELECT partner_id::text FROM payee)
                OR h.fields && ARRAY['campaign_slug', 'coupon'] AND h.subject_id IN (SELECT partner_id::text FROM sales)
                -- Whose the payer is says a sale of before.
                OR h.fields && ARRAY['past_sales'] AND h.subject_id IN (SELECT partner_id::text FROM sales WHERE remembered)
           WHEN 'campaign' THEN
                h.about IS NULL OR h.about IN (SELECT plan_id FROM lines)
                OR h.subject_id IN (SELECT campaign_id::text FROM lines WHERE plan_id IS NULL)
           ELSE true END
     ORDER BY h.seq
    $$;
REVOKE ALL ON FUNCTION open_hands_of_payout FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_hands_of_payout TO partnerdesk_app;

-- An approval that becomes void has ended no hand; what was paid has no more use for those on it alone.
CREATE OR REPLACE FUNCTION end_or_open_hands_of_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'paid' THEN
        UPDATE hands h SET ended_at = now(), ended_how = 'settled', ended_payout = NEW.id
         WHERE h.tenant_id = NEW.tenant_id AND h.ended_at IS NULL AND h.subject = 'payout' AND h.subject_id = NEW.number;
        UPDATE hands h SET ended_at = now(), ended_how = 'settled', ended_payout = NEW.id
          FROM payout_lines l JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL
           AND h.tenant_id = NEW.tenant_id AND h.ended_at IS NULL
           AND (h.subject = 'commission' AND h.subject_id = c.id::text
                OR h.subject = 'transaction' AND h.subject_id = c.transaction_id::text);
    ELSE
        UPDATE hands SET ended_at = NULL, ended_how = NULL, ended_by = NULL, ended_payout = NULL
         WHERE tenant_id = NEW.tenant_id AND ended_payout = NEW.id AND ended_how = 'approved'
           AND NOT (NEW.state = 'cancelled' AND subject = 'payout');
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER end_or_open_hands AFTER UPDATE OF state ON payouts
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('paid', 'awaiting_approval', 'cancelled'))
    EXECUTE FUNCTION end_or_open_hands_of_payout();
COMMENT ON TRIGGER end_or_open_hands ON payouts IS
    'Opens the hands again that a void approval had ended, and ends those on a payout, its sales and lines when it is paid.'
    ' Relied on by ledger/payouts/payout_hands.py.';

-- What the application decides it writes down first (rules.md, Approval); whoever speaks SQL in its name is held to it.
CREATE OR REPLACE FUNCTION approval_has_its_decision() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    -- Of this transaction: an approval that became void is none for the next.
    IF NOT EXISTS (SELECT 1 FROM decisions
                    WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND kind = 'approve'
                      AND content_hash = NEW.content_hash AND decided_at = now()) THEN
        RAISE EXCEPTION 'payout % is approved by nobody', NEW.number USING ERRCODE = 'PD051';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER approval_has_its_decision AFTER UPDATE OF state ON payouts FOR EACH ROW
    WHEN (OLD.state = 'awaiting_approval' AND NEW.state = 'approved' AND current_user = 'partnerdesk_app')
    EXECUTE FUNCTION approval_has_its_decision();
COMMENT ON TRIGGER approval_has_its_decision ON payouts IS
    'Refuses the application an approval without a decision of this hash in the same transaction (PD051).'
    ' Relied on by ledger/payouts/decisions.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON decisions FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'kind', 'decided_by', 'decided_at', 'content_hash', 'reason', 'detail');
COMMENT ON TRIGGER stay_as_written ON decisions IS
    'Refuses the application to change a decision (PD050).'
    ' Relied on by ledger/payouts/decisions.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON payout_runs FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'period', 'rehearsal', 'cut_off', 'requested_by', 'created_at');
COMMENT ON TRIGGER stay_as_written ON payout_runs IS
    'Refuses the application to change who asked for a run, when, and up to when (PD050).'
    ' Relied on by ledger/payouts/payout_run_starts.py.';

CREATE OR REPLACE FUNCTION payout_goes_to_its_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM partner_bank_details
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.bank_details_id AND partner_id = NEW.partner_id) THEN
        RAISE EXCEPTION 'payout % would go to another partner''s account', NEW.number USING ERRCODE = 'PD052';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER payout_goes_to_its_partner AFTER INSERT OR UPDATE OF bank_details_id, partner_id ON payouts
    FOR EACH ROW WHEN (NEW.bank_details_id IS NOT NULL) EXECUTE FUNCTION payout_goes_to_its_partner();
COMMENT ON TRIGGER payout_goes_to_its_partner ON payouts IS
    'Refuses a payout to an account of another partner (PD052).'
    ' Relied on by ledger/payouts/payout_requests.py, ledger/payouts/decisions.py.';

-- A document that was handed out exists in law until its Storno has reached the partner: before that its commissions may not
-- stand on another one (rules.md, States).
CREATE OR REPLACE FUNCTION a_document_stands_until_its_storno() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM own_documents d
                WHERE d.tenant_id = NEW.tenant_id AND d.payout_id = NEW.id AND d.closed_at IS NULL
                  AND d.kind IN ('self_billed', 'commission_statement') AND d.handed_out_at IS NOT NULL
                  AND NOT EXISTS (SELECT 1 FROM own_reversals r
                                   WHERE r.tenant_id = d.tenant_id AND r.original_id = d.id AND r.kind = 'reversal'
                                     AND r.stage = 'delivered')) THEN
        RAISE EXCEPTION 'the document of payout % stands', NEW.number USING ERRCODE = 'PD054';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_document_stands_until_its_storno AFTER UPDATE OF state ON payouts FOR EACH ROW
    WHEN (NEW.state = 'cancelled' AND OLD.state <> 'cancelled')
    EXECUTE FUNCTION a_document_stands_until_its_storno();
COMMENT ON TRIGGER a_document_stands_until_its_storno ON payouts IS
    'Refuses to cancel a payout whose own document was handed out and not taken back (PD054).'
    ' Relied on by ledger/payouts/own_reversals.py.';

-- What has come of a claim is summed under its row: of two parts noted at once the second sees the first.
CREATE OR REPLACE FUNCTION sum_up_claim(of_tenant uuid, wanted uuid) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    owed bigint := (SELECT amount_cents FROM claims WHERE tenant_id = of_tenant AND id = wanted FOR NO KEY UPDATE);
    come bigint := (SELECT COALESCE(sum(amount_cents), 0) FROM claim_parts WHERE tenant_id = of_tenant AND claim_id = wanted)
                 + (SELECT COALESCE(sum(amount_cents), 0) FROM set_offs
                     WHERE tenant_id = of_tenant AND claim_id = wanted AND released_at IS NULL);
BEGIN
    IF come > owed THEN
        RAISE EXCEPTION 'more would come of a claim than is owed' USING ERRCODE = 'PD055';
    END IF;
    -- What was set off of a surplus that the bank has taken back meanwhile is owed no more when it is released.
    UPDATE claims SET settled_cents = come,
                      amount_cents = CASE WHEN out_cents IS NOT NULL AND greatest(out_cents, come) > 0
                                          THEN greatest(out_cents, come) ELSE amount_cents END,
                      voided_at = CASE WHEN out_cents = 0 AND come = 0 THEN COALESCE(voided_at, now())
                                       WHEN come > 0 THEN NULL ELSE voided_at END
     WHERE tenant_id = of_tenant AND id = wanted;
END $$;
REVOKE ALL ON FUNCTION sum_up_claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sum_up_claim TO partnerdesk_app;

CREATE OR REPLACE FUNCTION claim_follows_its_parts() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sum_up_claim(NEW.tenant_id, NEW.claim_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER claim_follows_its_parts AFTER INSERT ON claim_parts
    FOR EACH ROW EXECUTE FUNCTION claim_follows_its_parts();
COMMENT ON TRIGGER claim_follows_its_parts ON claim_parts IS
    'Sums up what has come of the claim. Relied on by ledger/payouts/claims.py.';

CREATE OR REPLACE FUNCTION claim_ends_when_settled() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.state := CASE
        WHEN NEW.voided_at IS NOT NULL THEN 'void'
        WHEN NEW.settled_cents < NEW.amount_cents THEN 'open'
        WHEN EXISTS (SELECT FROM claim_parts WHERE tenant_id = NEW.tenant_id AND claim_id = NEW.id AND how = 'written_off')
            THEN 'written_off'
        WHEN EXISTS (SELECT FROM set_offs WHERE tenant_id = NEW.tenant_id AND claim_id = NEW.id AND released_at IS NULL)
            THEN 'netted'
        ELSE 'settled' END;
    NEW.ended_at := CASE WHEN NEW.state <> 'open' THEN COALESCE(OLD.ended_at, now()) END;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER claim_ends_when_settled BEFORE UPDATE OF amount_cents, settled_cents, voided_at ON claims
    FOR EACH ROW EXECUTE FUNCTION claim_ends_when_settled();
COMMENT ON TRIGGER claim_ends_when_settled ON claims IS
    'Writes the state that follows from what is owed and what has come of it. Relied on by ledger/payouts/claims.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON claims FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON claims IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON claims FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'partner_id', 'cause', 'reversal_id', 'payout_id', 'made_at');
COMMENT ON TRIGGER stay_as_written ON claims IS
    'Refuses the application to make another claim of it (PD050). Relied on by ledger/payouts/claims.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON claim_write_offs FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'claim_id', 'amount_cents', 'reason', 'requested_by', 'requested_at');
COMMENT ON TRIGGER stay_as_written ON claim_write_offs IS
    'Refuses the application to change what was asked for (PD050). Relied on by ledger/payouts/claim_write_offs.py.';

-- A set-off counts on both sides, or on neither.
CREATE OR REPLACE FUNCTION set_offs_add_up() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sum_up_claim(NEW.tenant_id, NEW.claim_id);
    UPDATE payouts SET set_off_cents = (SELECT COALESCE(sum(amount_cents), 0) FROM set_offs
                                         WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND released_at IS NULL)
     WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id;
    IF EXISTS (SELECT FROM payouts p JOIN claims c ON c.tenant_id = p.tenant_id AND c.id = NEW.claim_id
                WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND NEW.released_at IS NULL
                  AND (p.set_off_cents > p.gross_cents OR p.partner_id <> c.partner_id)) THEN
        RAISE EXCEPTION 'more would be set off than is owed, or to another partner' USING ERRCODE = 'PD055';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER set_offs_add_up AFTER INSERT OR UPDATE OF released_at ON set_offs
    FOR EACH ROW EXECUTE FUNCTION set_offs_add_up();
COMMENT ON TRIGGER set_offs_add_up ON set_offs IS
    'Sums up what is set off on payout and claim, and refuses more than the payout is worth, or another partner (PD055).'
    ' Relied on by ledger/payouts/set_offs.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON set_offs FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'claim_id', 'amount_cents', 'made_at');
COMMENT ON TRIGGER stay_as_written ON set_offs IS
    'Refuses the application to change what is set off (PD050); it may be released.'
    ' Relied on by ledger/payouts/set_offs.py.';

CREATE OR REPLACE FUNCTION release_set_offs() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE set_offs SET released_at = now()
     WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND released_at IS NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER release_set_offs AFTER UPDATE OF state ON payouts
    FOR EACH ROW WHEN (NEW.state IN ('cancelled', 'rejected') AND NEW.set_off_cents > 0)
    EXECUTE FUNCTION release_set_offs();
COMMENT ON TRIGGER release_set_offs ON payouts IS
    'Opens the claims again that were set off against a payout that is cancelled or rejected.'
    ' Relied on by ledger/payouts/set_offs.py.';
