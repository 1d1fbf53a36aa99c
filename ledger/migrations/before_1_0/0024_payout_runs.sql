-- Payout runs (Auszahlungsläufe). A rehearsal (Probelauf) is a run that makes no payout; both leave a row per partner
-- and tax case, which says what became of it.

CREATE TABLE payout_runs (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    period          text NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$'),
    rehearsal       boolean NOT NULL,
    cut_off         timestamptz NOT NULL,   -- what was paid by the customer before this instant
    state           text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
    requested_by    text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz,
    cancelled_by    text,
    cancel_reason   text,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (ended_at IS NULL)),
    CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
);
-- A scheduled run's id ends in its time and locks nothing (engine.md, Sweep and schedules): this does.
CREATE UNIQUE INDEX one_run_per_period ON payout_runs (tenant_id, period) WHERE NOT rehearsal AND state <> 'cancelled';
CREATE INDEX ON payout_runs (tenant_id, seq);
SELECT protect_tenant_table('payout_runs');

INSERT INTO state_arrows (subject, from_state, to_state) VALUES
    ('payout_runs', '', 'running'), ('payout_runs', 'running', 'done'), ('payout_runs', 'running', 'cancelled');
CREATE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON payout_runs
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();

ALTER TABLE payouts ADD COLUMN run_id uuid, ADD FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs;
CREATE INDEX payouts_of_a_run ON payouts (tenant_id, run_id, seq) WHERE run_id IS NOT NULL;

CREATE TABLE payout_run_rows (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    run_id          uuid NOT NULL,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    partner_id      uuid NOT NULL,
    payout_id       uuid,                   -- null in a rehearsal, and where nothing is paid
    tax_case        text,
    reason          text,                   -- why nothing is paid; null for what is paid
    code            text,
    sentence        text,
    until           timestamptz,
    lines           integer NOT NULL,
    net_cents       bigint NOT NULL,
    tax_cents       bigint NOT NULL DEFAULT 0,
    gross_cents     bigint NOT NULL,
    PRIMARY KEY (tenant_id, run_id, seq),
    FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK (gross_cents = net_cents + tax_cents),
    CHECK ((reason IS NULL) = (tax_case IS NOT NULL)),
    CHECK ((reason IS NULL) = (sentence IS NULL)),
    CHECK (reason IS NOT NULL OR net_cents > 0)
);
-- What a run has paid a partner in one tax case, it has paid once.
CREATE UNIQUE INDEX one_payout_per_run_partner_and_tax_case ON payout_run_rows (tenant_id, run_id, partner_id, tax_case)
    WHERE reason IS NULL;
CREATE UNIQUE INDEX one_payout_in_one_run ON payout_run_rows (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX rows_of_a_partner ON payout_run_rows (tenant_id, run_id, partner_id);
SELECT protect_tenant_table('payout_run_rows');

-- Monthly by a schedule: on this day, at this hour (Europe/Berlin), up to the end of the month before. Null: by hand only.
ALTER TABLE tenants
    ADD COLUMN payout_run_day smallint CHECK (payout_run_day BETWEEN 1 AND 28),
    ADD COLUMN payout_run_hour smallint NOT NULL DEFAULT 6 CHECK (payout_run_hour BETWEEN 0 AND 23);

CREATE FUNCTION list_run_days() RETURNS TABLE (id uuid, slug text, day smallint, hour smallint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id, slug, payout_run_day, payout_run_hour FROM tenants WHERE payout_run_day IS NOT NULL
$$;
REVOKE ALL ON FUNCTION list_run_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_run_days TO partnerdesk_app;

-- It is called for every payout of a run. A plan that a pooled connection made while payout_lines was still small would
-- read the whole table each time.
ALTER FUNCTION lines_add_up() SET enable_seqscan = off;
