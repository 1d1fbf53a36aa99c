-- Papers: the PDF of each credit note, fetched once and kept (what lexoffice issued is evidence), and the amounts that
-- commissions had before they were computed again, so that a report of a past day shows what was owed then.

CREATE TABLE credit_note_papers (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    resource_id     uuid NOT NULL,
    payout_id       uuid NOT NULL,
    content         bytea NOT NULL CHECK (length(content) <= 10485760
                                          AND substring(content FROM 1 FOR 5) = '\x255044462d'),   -- %PDF-
    sha256          bytea NOT NULL CHECK (sha256 = sha256(content)),
    fetched_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, resource_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX ON credit_note_papers (tenant_id, payout_id);
SELECT protect_tenant_table('credit_note_papers', rights => 'SELECT, INSERT');

-- One row for each credit note whose PDF is to be fetched; the hand-over announces it.
CREATE TABLE papers_wanted (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    resource_id     uuid NOT NULL,
    payout_id       uuid NOT NULL,
    next_try_at     timestamptz NOT NULL DEFAULT now(),
    announced_at    timestamptz,
    tries           integer NOT NULL DEFAULT 0,
    failed_reason   text,
    PRIMARY KEY (tenant_id, resource_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX papers_to_announce ON papers_wanted (next_try_at) WHERE announced_at IS NULL;
SELECT protect_tenant_table('papers_wanted', rights => 'SELECT, INSERT, UPDATE, DELETE');
SELECT allow_lookup('papers_wanted');

CREATE FUNCTION want_paper() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    -- Only what is final has a file: of a draft there is none.
    INSERT INTO papers_wanted (tenant_id, resource_id, payout_id)
    SELECT NEW.tenant_id, NEW.resource_id, NEW.payout_id
     WHERE NOT EXISTS (SELECT 1 FROM credit_note_papers
                        WHERE tenant_id = NEW.tenant_id AND resource_id = NEW.resource_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER want_paper AFTER INSERT OR UPDATE OF status, payout_id, created_totals ON external_documents
    FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.created_totals IS NOT NULL AND NEW.status IN ('open', 'paid', 'paidoff'))
    EXECUTE FUNCTION want_paper();
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        INSERT INTO papers_wanted (tenant_id, resource_id, payout_id)
        SELECT tenant_id, resource_id, payout_id FROM external_documents
         WHERE tenant_id = t.id AND payout_id IS NOT NULL AND created_totals IS NOT NULL
           AND status IN ('open', 'paid', 'paidoff');
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- Of all tenants, for the hand-over; ids only.
CREATE FUNCTION find_papers_to_fetch(older_than interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, resource_id uuid, tries integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT w.tenant_id, t.slug, w.resource_id, w.tries
      FROM papers_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.announced_at IS NULL AND w.next_try_at < now() - older_than
        -- Its workflow gives up after six hours and says so: without a word it was lost with its engine.
        OR w.announced_at < now() - interval '12 hours'
     ORDER BY w.next_try_at LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_papers_to_fetch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_papers_to_fetch TO partnerdesk_app;

-- What a commission was worth before: a provisional one is computed again when its invoice comes.
CREATE TABLE commission_amounts_before (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    commission_id   uuid NOT NULL,
    net_cents       bigint NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions
);
CREATE INDEX ON commission_amounts_before (tenant_id, commission_id, seq);
SELECT protect_tenant_table('commission_amounts_before', rights => 'SELECT, INSERT');

CREATE FUNCTION keep_amount_before() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO commission_amounts_before (tenant_id, commission_id, net_cents)
    VALUES (OLD.tenant_id, OLD.id, OLD.net_cents);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_amount_before AFTER UPDATE OF net_cents ON commissions
    FOR EACH ROW WHEN (OLD.net_cents IS DISTINCT FROM NEW.net_cents) EXECUTE FUNCTION keep_amount_before();

CREATE INDEX state_changes_of_a_kind ON state_changes (tenant_id, subject, changed_at);
