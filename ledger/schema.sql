-- The schema of the ledger as it is, read from the catalogue of a database that was just made.
-- Written by script/schema; a database is made by `partnerdesk migrate`, not from this. What it means: docs/schema.md.

CREATE SEQUENCE oauth_generations;
GRANT USAGE ON SEQUENCE oauth_generations TO partnerdesk_app;

CREATE TABLE api_budgets (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    provider         text NOT NULL,
    next_free_at     timestamptz NOT NULL DEFAULT '-infinity',
    next_creation_at timestamptz NOT NULL DEFAULT '-infinity',
    creations_year   integer NOT NULL DEFAULT 0,
    creations        integer NOT NULL DEFAULT 0,
    unproven_hour    timestamptz NOT NULL DEFAULT '-infinity',
    unproven         integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
) WITH (fillfactor=50);
COMMENT ON TABLE api_budgets IS 'When the provider may be called next, and how many documents were created this year.';
ALTER TABLE api_budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_budgets FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON api_budgets FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON api_budgets USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON api_budgets TO partnerdesk_app;
CREATE TRIGGER count_api_request
    AFTER UPDATE OF next_free_at ON api_budgets
    FOR EACH ROW
    EXECUTE FUNCTION count_api_request();

CREATE TABLE api_key_minutes (
    key_id   text PRIMARY KEY,
    minute   bigint NOT NULL,
    requests integer NOT NULL CHECK (requests >= 0)
);
COMMENT ON TABLE api_key_minutes IS 'How many requests each API key has made in the minute at hand, over all processes.';
ALTER TABLE api_key_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_minutes FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON api_key_minutes TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE TABLE api_keys (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              text NOT NULL UNIQUE CHECK (id ~ '^[a-z0-9]{10}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    secret_hmac     bytea NOT NULL CHECK (length(secret_hmac) = 32),
    scopes          text[] NOT NULL
        CHECK (scopes <@ ARRAY['read', 'write', 'approve', 'bank', 'statements'] AND cardinality(scopes) > 0) NOT
        VALID,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    created_by_user uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, created_by_user) REFERENCES memberships,
    CONSTRAINT a_key_ends_within_a_year CHECK (expires_at <= (created_at + '367 days'::interval)),
    CONSTRAINT who_approves_does_not_write CHECK (NOT scopes @> ARRAY['write', 'approve'])
);
COMMENT ON TABLE api_keys IS 'A machine''s key: its scopes, its maker and its end; of the secret there is an HMAC only.';
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON api_keys FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON api_keys USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON api_keys TO partnerdesk_app;

CREATE TABLE api_requests (
    tenant_id    uuid NOT NULL,
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    request_id   text NOT NULL CHECK (length(request_id) <= 64),
    at           timestamptz NOT NULL,
    method       text NOT NULL CHECK (length(method) <= 10),
    route        text NOT NULL CHECK (length(route) <= 300),
    path         text NOT NULL CHECK (length(path) <= 500),
    status       integer NOT NULL CHECK (status BETWEEN 0 AND 999),
    key_id       text NOT NULL,
    milliseconds integer NOT NULL CHECK (milliseconds >= 0)
) PARTITION BY RANGE (at);
COMMENT ON TABLE api_requests IS 'What was asked of the JSON API by which key, and how it was answered; neither contents nor secrets.';
CREATE INDEX api_requests_by_age ON ONLY api_requests (tenant_id, at);
CREATE INDEX api_requests_of_a_key ON ONLY api_requests (tenant_id, key_id, seq DESC);
ALTER TABLE api_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON api_requests
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON api_requests TO partnerdesk_app;

CREATE TABLE api_usage (
    tenant_id uuid NOT NULL REFERENCES tenants,
    provider  text NOT NULL,
    hour      timestamptz NOT NULL,
    requests  integer NOT NULL CHECK (requests > 0),
    PRIMARY KEY (tenant_id, provider, hour),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
) WITH (fillfactor=50);
COMMENT ON TABLE api_usage IS 'Requests to a provider, hour by hour.';
ALTER TABLE api_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON api_usage USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON api_usage TO partnerdesk_app;

CREATE TABLE audit_chain (
    tenant_id uuid NOT NULL REFERENCES tenants,
    number    bigint NOT NULL CHECK (number > 0),
    seq       bigint NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, number),
    UNIQUE (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
COMMENT ON TABLE audit_chain IS 'The hash that seals each entry to the one before.';
ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_chain FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_chain USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT ON audit_chain TO partnerdesk_app;

CREATE TABLE audit_entries (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor      text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    origin     text,
    commitment bytea CHECK (length(commitment) = 32),
    PRIMARY KEY (tenant_id, seq)
);
COMMENT ON TABLE audit_entries IS 'Who did what to which object; never changed.';
CREATE INDEX audit_by_action ON audit_entries (tenant_id, action, seq);
CREATE INDEX audit_by_actor ON audit_entries (tenant_id, actor, seq);
CREATE INDEX audit_by_id ON audit_entries (tenant_id, subject_id, seq);
CREATE INDEX audit_by_object ON audit_entries (tenant_id, subject, subject_id, seq);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at);
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_entries
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON audit_entries TO partnerdesk_app;
CREATE CONSTRAINT TRIGGER seal_audit_entry
    AFTER INSERT ON audit_entries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION seal_audit_entry();

CREATE TABLE audit_personal (
    tenant_id uuid NOT NULL REFERENCES tenants,
    seq       bigint NOT NULL,
    salt      bytea NOT NULL CHECK (length(salt) >= 16),
    data      text NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
COMMENT ON TABLE audit_personal IS 'Personal data of an entry, beside the chain, so that it can be erased.';
ALTER TABLE audit_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_personal
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON audit_personal TO partnerdesk_app;

CREATE TABLE bank_entries (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    account_id      uuid NOT NULL,
    statement_id    uuid NOT NULL,
    booked_by       uuid,
    known_by        bytea NOT NULL CHECK (length(known_by) = 32),
    booked_on       date,
    valued_on       date,
    amount_cents    bigint CHECK (amount_cents BETWEEN 0 AND '999999999999999'::bigint),
    currency        text,
    direction       text CHECK (direction IN ('debit', 'credit')),
    reversal        boolean NOT NULL,
    bank_references jsonb NOT NULL,
    refers_to       text NOT NULL,
    code            text,
    business_code   text,
    batch_reference text,
    batch_number    integer,
    text            text,
    concerns_us     boolean NOT NULL,
    state           text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'matched', 'unrelated', 'unresolved', 'set_aside')),
    outcome_code    text,
    outcome_params  jsonb,
    decided_by      text,
    decided_at      timestamptz,
    changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, account_id, known_by),
    FOREIGN KEY (tenant_id, account_id) REFERENCES tenant_bank_accounts,
    FOREIGN KEY (tenant_id, booked_by) REFERENCES bank_statements,
    FOREIGN KEY (tenant_id, statement_id) REFERENCES bank_statements,
    CONSTRAINT an_outcome_has_its_parameters CHECK ((outcome_code IS NULL) = (outcome_params IS NULL)),
    CONSTRAINT what_is_no_payout_keeps_no_text CHECK (concerns_us OR text IS NULL)
);
COMMENT ON TABLE bank_entries IS 'A booking, known once whoever tells it; without text where it is about no payout.';
CREATE INDEX entries_by_day ON bank_entries (tenant_id, account_id, booked_on);
CREATE INDEX entries_by_state ON bank_entries (tenant_id, state, seq DESC) WHERE concerns_us;
CREATE INDEX entries_newest ON bank_entries (tenant_id, seq DESC) WHERE concerns_us;
CREATE INDEX entries_of_a_statement ON bank_entries (tenant_id, COALESCE(booked_by, statement_id), seq DESC)
    WHERE concerns_us;
CREATE INDEX entries_open ON bank_entries (tenant_id, seq DESC) WHERE state IN ('waiting', 'unresolved');
CREATE INDEX entries_open_of_a_statement ON bank_entries (tenant_id, COALESCE(booked_by, statement_id))
    WHERE concerns_us AND (state IN ('waiting', 'unresolved'));
ALTER TABLE bank_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_entries
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_entries TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON bank_entries FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON bank_entries
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'account_id', 'statement_id', 'known_by', 'amount_cents', 'currency',
    'direction', 'reversal', 'refers_to');

CREATE TABLE bank_entry_details (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    entry_id          uuid NOT NULL,
    position          integer NOT NULL CHECK ("position" >= 0),
    end_to_end_id     text,
    payment_reference text,
    bank_reference    text,
    amount_cents      bigint CHECK (amount_cents BETWEEN 0 AND '999999999999999'::bigint),
    charges_cents     bigint,
    currency          text,
    direction         text CHECK (direction IN ('debit', 'credit')),
    other_name        text,
    other_iban_hmac   bytea CHECK (length(other_iban_hmac) = 32),
    other_iban_last4  text,
    code              text,
    business_code     text,
    return_code       text,
    return_text       text,
    text              text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, entry_id, "position"),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries
);
COMMENT ON TABLE bank_entry_details IS 'One transfer within a booking that may be about payouts.';
CREATE INDEX details_by_reference ON bank_entry_details (tenant_id, end_to_end_id) WHERE end_to_end_id IS NOT NULL;
ALTER TABLE bank_entry_details ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_entry_details FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_entry_details
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_entry_details TO partnerdesk_app;

CREATE TABLE bank_rejections (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    run_line_id     uuid NOT NULL,
    reason_code     text CHECK (length(reason_code) <= 70),
    told_by         text NOT NULL,
    told_at         timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, run_line_id),
    FOREIGN KEY (tenant_id, run_line_id) REFERENCES bank_run_lines,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE bank_rejections IS 'What the bank rejected of a file of ours, by payment, and who confirmed it.';
ALTER TABLE bank_rejections ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_rejections FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_rejections
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_rejections TO partnerdesk_app;
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON bank_rejections
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('run_line_id', 'reason_code', 'told_by', 'told_at');

CREATE TABLE bank_run_counters (
    tenant_id uuid NOT NULL REFERENCES tenants,
    year      integer NOT NULL,
    last      integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
COMMENT ON TABLE bank_run_counters IS 'The last number of a bank run in a year.';
ALTER TABLE bank_run_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_run_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_run_counters
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_run_counters TO partnerdesk_app;

CREATE TABLE bank_run_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    run_id          uuid NOT NULL,
    position        integer NOT NULL,
    payout_id       uuid NOT NULL,
    bank_details_id uuid NOT NULL,
    creditor        text NOT NULL CHECK (length(creditor) BETWEEN 1 AND 70),
    amount_cents    bigint NOT NULL CHECK (amount_cents > 0),
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
COMMENT ON TABLE bank_run_lines IS 'One payment of a bank run; released when it drops out.';
CREATE UNIQUE INDEX a_payout_in_at_most_one_bank_run ON bank_run_lines (tenant_id, payout_id)
    WHERE released_at IS NULL;
CREATE UNIQUE INDEX an_end_to_end_id_once ON bank_run_lines (tenant_id, end_to_end_id) WHERE released_at IS NULL;
CREATE INDEX bank_run_lines_tenant_id_run_id_idx ON bank_run_lines (tenant_id, run_id);
CREATE INDEX payments_to_an_account ON bank_run_lines (tenant_id, bank_details_id);
CREATE INDEX run_lines_by_reference ON bank_run_lines (tenant_id, upper(end_to_end_id));
ALTER TABLE bank_run_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_run_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_run_lines
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_run_lines TO partnerdesk_app;
CREATE TRIGGER bank_run_lines_stay
    AFTER INSERT OR UPDATE ON bank_run_lines
    FOR EACH ROW
    EXECUTE FUNCTION bank_run_lines_stay();
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF released_reason, released_code, released_params ON bank_run_lines
    FOR EACH ROW
    WHEN (new.released_reason IS DISTINCT FROM old.released_reason OR new.released_code IS DISTINCT FROM
    old.released_code OR new.released_params IS DISTINCT FROM old.released_params)
    EXECUTE FUNCTION keep_code_and_sentence('released_reason', 'released_code', 'released_params', 'people');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON bank_run_lines
    FOR EACH ROW
    WHEN (new.released_reason IS NOT NULL OR new.released_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('released_reason', 'released_code', 'released_params', 'people');

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
    content_hash        text NOT NULL DEFAULT '',
    created_by          text NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    approved_by         text,
    approved_at         timestamptz,
    approved_alone      boolean NOT NULL DEFAULT false,
    approved_hash       text,
    file_encrypted      bytea,
    file_sha256         bytea CHECK (length(file_sha256) = 32),
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
    changed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    name_check          boolean NOT NULL DEFAULT true,
    instant             boolean NOT NULL DEFAULT false,
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
COMMENT ON TABLE bank_runs IS 'A file for the bank: which account, which day, which payments, and that very file.';
CREATE INDEX bank_runs_changed ON bank_runs (tenant_id, changed_at);
CREATE INDEX bank_runs_tenant_id_seq_idx ON bank_runs (tenant_id, seq);
CREATE INDEX bank_runs_waiting ON bank_runs (state) WHERE state IN ('approved', 'exported');
ALTER TABLE bank_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON bank_runs FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON bank_runs USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON bank_runs TO partnerdesk_app;
CREATE TRIGGER bank_file_stays
    BEFORE UPDATE ON bank_runs
    FOR EACH ROW
    WHEN (old.file_sha256 IS NOT NULL AND (old.file_sha256 IS DISTINCT FROM new.file_sha256 OR old.content_hash IS
    DISTINCT FROM new.content_hash OR old.payments IS DISTINCT FROM new.payments OR old.total_cents IS DISTINCT FROM
    new.total_cents OR old.account_id IS DISTINCT FROM new.account_id OR old.execution_date IS DISTINCT FROM
    new.execution_date OR old.batch_booking IS DISTINCT FROM new.batch_booking OR old.instant IS DISTINCT FROM
    new.instant OR old.approved_hash IS DISTINCT FROM new.approved_hash))
    EXECUTE FUNCTION bank_file_stays();
CREATE CONSTRAINT TRIGGER bank_run_adds_up
    AFTER INSERT OR UPDATE OF state, payments, total_cents ON bank_runs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION bank_run_adds_up();
CREATE TRIGGER follow_the_arrows
    AFTER INSERT OR UPDATE OF state ON bank_runs
    FOR EACH ROW
    EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON bank_runs
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON bank_runs
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER note_change BEFORE UPDATE ON bank_runs FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE bank_statements (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    file_id       uuid NOT NULL,
    account_id    uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('statement', 'preview', 'details')),
    told_by       text NOT NULL CHECK (told_by IN ('camt', 'mt940')),
    statement_ref text CHECK (length(statement_ref) <= 70),
    number        integer CHECK (number > 0),
    year          integer,
    page          integer,
    opening_cents bigint,
    closing_cents bigint,
    closes_on     date,
    entries       integer NOT NULL CHECK (entries >= 0),
    new_entries   integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES tenant_bank_accounts,
    FOREIGN KEY (tenant_id, file_id) REFERENCES statement_files,
    CHECK (new_entries BETWEEN 0 AND entries)
);
COMMENT ON TABLE bank_statements IS 'What a bank tells of an own account: a statement, a preview of one, or details.';
CREATE INDEX numbers_of_statements ON bank_statements (tenant_id, account_id, told_by, year, number)
    WHERE kind = 'statement';
CREATE INDEX statements_newest ON bank_statements (tenant_id, seq DESC);
CREATE INDEX statements_of_a_file ON bank_statements (tenant_id, file_id);
ALTER TABLE bank_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE bank_statements FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON bank_statements
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON bank_statements TO partnerdesk_app;

CREATE TABLE campaigns (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    slug       text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    hold_days  integer CHECK (hold_days BETWEEN 0 AND 365),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);
COMMENT ON TABLE campaigns IS 'What partners take part in; its plan says what it pays.';
CREATE INDEX campaigns_changed ON campaigns (tenant_id, changed_at);
ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaigns FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON campaigns USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON campaigns TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE claim_parts (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    claim_id     uuid NOT NULL,
    how          text NOT NULL CHECK (how IN ('bank', 'hand', 'written_off')),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    day          date NOT NULL,
    reference    text CHECK (length(reference) BETWEEN 1 AND 140),
    entry_id     uuid,
    reason       text CHECK (length(reason) BETWEEN 1 AND 500),
    noted_by     text NOT NULL,
    noted_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, entry_id, claim_id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries,
    CHECK ((how = 'bank') = (entry_id IS NOT NULL)),
    CHECK (how <> 'hand' OR reference IS NOT NULL),
    CHECK (how <> 'written_off' OR reason IS NOT NULL)
);
COMMENT ON TABLE claim_parts IS 'What has come of a claim: paid back by the bank or as a person says, or written off.';
CREATE INDEX parts_of_a_claim ON claim_parts (tenant_id, claim_id, seq);
ALTER TABLE claim_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_parts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON claim_parts USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON claim_parts TO partnerdesk_app;
CREATE TRIGGER claim_follows_its_parts
    AFTER INSERT ON claim_parts
    FOR EACH ROW
    EXECUTE FUNCTION claim_follows_its_parts();

CREATE TABLE claim_write_offs (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    claim_id      uuid NOT NULL,
    amount_cents  bigint NOT NULL CHECK (amount_cents > 0),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL DEFAULT now(),
    decided_by    text,
    decided_at    timestamptz,
    confirmed     boolean,
    decided_alone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (confirmed IS NULL))
);
COMMENT ON TABLE claim_write_offs IS 'That somebody wants the rest of a claim written off, and who decided it.';
CREATE UNIQUE INDEX one_open_write_off_of_a_claim ON claim_write_offs (tenant_id, claim_id) WHERE decided_at IS NULL;
CREATE INDEX write_offs_of_a_claim ON claim_write_offs (tenant_id, claim_id, requested_at);
ALTER TABLE claim_write_offs ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_write_offs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON claim_write_offs
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON claim_write_offs TO partnerdesk_app;
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON claim_write_offs
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'claim_id', 'amount_cents', 'reason', 'requested_by', 'requested_at');

CREATE TABLE claims (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    partner_id    uuid NOT NULL,
    cause         text NOT NULL CHECK (cause IN ('correction', 'overpaid')),
    reversal_id   uuid,
    payout_id     uuid,
    amount_cents  bigint NOT NULL CHECK (amount_cents > 0),
    settled_cents bigint NOT NULL DEFAULT 0,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'netted', 'written_off', 'void')),
    made_at       timestamptz NOT NULL DEFAULT now(),
    voided_at     timestamptz,
    ended_at      timestamptz,
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    out_cents     bigint CHECK (out_cents >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, payout_id),
    UNIQUE (tenant_id, reversal_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals,
    CHECK ((cause = 'correction') = (reversal_id IS NOT NULL) AND (cause = 'overpaid') = (payout_id IS NOT NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'void') = (voided_at IS NOT NULL)),
    CHECK ((state NOT IN ('settled', 'netted', 'written_off')) OR settled_cents = amount_cents),
    CONSTRAINT no_more_is_settled_than_is_owed CHECK (settled_cents BETWEEN 0 AND amount_cents)
);
COMMENT ON TABLE claims IS 'What a partner owes us beside its commissions: of a correcting document, or transferred too much.';
CREATE INDEX claims_changed ON claims (tenant_id, changed_at);
CREATE INDEX claims_of_a_partner ON claims (tenant_id, partner_id, seq);
CREATE INDEX claims_open ON claims (tenant_id, seq) WHERE state = 'open';
ALTER TABLE claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE claims FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON claims USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON claims TO partnerdesk_app;
CREATE TRIGGER claim_ends_when_settled
    BEFORE UPDATE OF amount_cents, settled_cents, voided_at ON claims
    FOR EACH ROW
    EXECUTE FUNCTION claim_ends_when_settled();
CREATE TRIGGER note_change BEFORE UPDATE ON claims FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON claims
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'partner_id', 'cause', 'reversal_id', 'payout_id', 'made_at');

CREATE TABLE commission_amounts_before (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions
);
COMMENT ON TABLE commission_amounts_before IS 'Amounts that a commission had before it was computed again.';
CREATE INDEX commission_amounts_before_tenant_id_commission_id_seq_idx ON commission_amounts_before (tenant_id,
    commission_id, seq);
ALTER TABLE commission_amounts_before ENABLE ROW LEVEL SECURITY;
ALTER TABLE commission_amounts_before FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON commission_amounts_before
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON commission_amounts_before TO partnerdesk_app;

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
    service_date   date NOT NULL,
    origin_id      uuid,
    created_at     timestamptz NOT NULL DEFAULT now(),
    recorded_by    text,
    calculation    jsonb,
    campaign_id    uuid,
    month          date,
    month_part     integer,
    free_from      timestamptz,
    earned_cents   bigint,
    cause          text,
    cause_document text,
    tax_case       text
        CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country',
        'small_business_eu')) NOT VALID,
    reissued_of    uuid,
    split_of       uuid,
    changed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, origin_id) REFERENCES commissions,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    FOREIGN KEY (tenant_id, reissued_of) REFERENCES commissions,
    FOREIGN KEY (tenant_id, split_of) REFERENCES commissions NOT VALID,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CONSTRAINT a_commission_has_its_whole CHECK (earned_cents IS NOT NULL),
    CONSTRAINT a_line_has_its_sale_or_its_month
        CHECK (CASE
        WHEN month IS NULL THEN transaction_id IS NOT NULL AND kind <> 'month_close' AND month_part IS NULL ELSE
        transaction_id IS NULL AND campaign_id IS NOT NULL AND month_part IS NOT NULL AND (kind IN ('month_close',
        'correction', 'reissue')) END),
    CONSTRAINT a_rest_takes_back
        CHECK (split_of IS NULL OR net_cents < 0 AND (kind IN ('correction', 'month_close'))) NOT VALID,
    CHECK ((kind IN ('correction', 'month_close')) OR (kind = 'clawback') = (net_cents < 0)),
    CHECK ((kind IN ('clawback', 'reissue')) = (origin_id IS NOT NULL))
);
COMMENT ON TABLE commissions IS 'What a partner earns or gives back: one line per sale and level, clawback, correction or month.';
CREATE INDEX commissions_by_day ON commissions (tenant_id, state, service_date, seq);
CREATE INDEX commissions_changed ON commissions (tenant_id, changed_at);
CREATE INDEX commissions_not_settled ON commissions (tenant_id, partner_id, seq)
    WHERE state IN ('pending', 'approved');
CREATE INDEX commissions_of_a_partner ON commissions (tenant_id, partner_id, state, service_date, seq)
    INCLUDE (net_cents);
CREATE INDEX commissions_of_a_plan ON commissions (tenant_id, plan_id, state, service_date, seq);
CREATE INDEX commissions_of_a_sale ON commissions (tenant_id, transaction_id, level, seq);
CREATE INDEX commissions_tenant_id_origin_id_idx ON commissions (tenant_id, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX commissions_tenant_id_seq_idx ON commissions (tenant_id, seq);
CREATE INDEX lines_of_a_month ON commissions (tenant_id, campaign_id, month) WHERE month IS NOT NULL;
CREATE UNIQUE INDEX one_commission_per_sale_and_level ON commissions (tenant_id, transaction_id, level)
    WHERE kind = 'sale';
CREATE UNIQUE INDEX one_line_per_settlement ON commissions (tenant_id, partner_id, campaign_id, month, month_part)
    WHERE kind = 'month_close' AND split_of IS NULL;
CREATE INDEX open_commissions ON commissions (tenant_id, state)
    INCLUDE (net_cents)
    WHERE state IN ('pending', 'approved', 'in_payout');
CREATE UNIQUE INDEX reissued_once ON commissions (tenant_id, reissued_of) WHERE reissued_of IS NOT NULL;
CREATE INDEX rests_of_a_line ON commissions (tenant_id, split_of) WHERE split_of IS NOT NULL;
ALTER TABLE commissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE commissions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON commissions USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON commissions TO partnerdesk_app;
CREATE TRIGGER a_commission_begins_whole
    BEFORE INSERT ON commissions
    FOR EACH ROW
    WHEN (new.earned_cents IS NULL)
    EXECUTE FUNCTION a_commission_begins_whole();
CREATE TRIGGER a_manual_line_was_confirmed
    AFTER UPDATE OF state ON commissions
    FOR EACH ROW
    WHEN (new.kind = 'correction' AND (new.state IN ('approved', 'in_payout', 'paid')))
    EXECUTE FUNCTION a_manual_line_was_confirmed();
CREATE CONSTRAINT TRIGGER clawbacks_stay_within_their_commission
    AFTER INSERT OR UPDATE ON commissions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN (new.kind = 'clawback')
    EXECUTE FUNCTION clawbacks_stay_within_their_commission();
CREATE TRIGGER follow_the_arrows
    AFTER INSERT OR UPDATE OF state ON commissions
    FOR EACH ROW
    EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER keep_amount_before
    AFTER UPDATE OF net_cents ON commissions
    FOR EACH ROW
    WHEN (old.net_cents IS DISTINCT FROM new.net_cents)
    EXECUTE FUNCTION keep_amount_before();
CREATE TRIGGER leave_words_to_the_release_before
    BEFORE INSERT OR UPDATE OF calculation ON commissions
    FOR EACH ROW
    WHEN (new.calculation IS NOT NULL AND NOT new.calculation ? 'words')
    EXECUTE FUNCTION leave_words_to_the_release_before();
CREATE CONSTRAINT TRIGGER line_is_its_settlement
    AFTER INSERT OR UPDATE OF net_cents, partner_id ON commissions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN (new.kind = 'month_close')
    EXECUTE FUNCTION line_is_its_settlement();
CREATE TRIGGER new_line_has_its_cause
    AFTER INSERT ON commissions
    FOR EACH ROW
    WHEN ((new.kind IN ('correction', 'reissue', 'clawback')) AND CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION line_has_its_cause();
CREATE TRIGGER note_change BEFORE UPDATE ON commissions FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER nothing_is_earned_twice
    BEFORE INSERT ON commissions
    FOR EACH ROW
    WHEN (new.kind = 'sale')
    EXECUTE FUNCTION nothing_is_earned_twice();
CREATE CONSTRAINT TRIGGER parts_are_their_line
    AFTER INSERT OR UPDATE OF net_cents, partner_id, split_of ON commissions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN (new.split_of IS NOT NULL)
    EXECUTE FUNCTION parts_are_their_line();
CREATE TRIGGER settled_commissions_keep_their_amount
    BEFORE UPDATE ON commissions
    FOR EACH ROW
    WHEN ((old.state IN ('in_payout', 'paid')) AND (old.net_cents IS DISTINCT FROM new.net_cents OR old.partner_id IS
    DISTINCT FROM new.partner_id OR old.transaction_id IS DISTINCT FROM new.transaction_id))
    EXECUTE FUNCTION settled_commissions_keep_their_amount();
CREATE TRIGGER written_line_is_confirmed
    AFTER UPDATE OF state ON commissions
    FOR EACH ROW
    WHEN (new.kind = 'correction' AND old.state = 'pending' AND new.state = 'approved' AND CURRENT_USER =
    'partnerdesk_app'::name)
    EXECUTE FUNCTION line_has_its_cause();

CREATE TABLE correction_lines (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    reversal_id   uuid NOT NULL,
    position      integer NOT NULL CHECK ("position" > 0),
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL CHECK (net_cents <> 0),
    released_at   timestamptz,
    PRIMARY KEY (tenant_id, reversal_id, "position"),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals
);
COMMENT ON TABLE correction_lines IS 'A commission that a correcting document takes up; released when the document does not come.';
CREATE UNIQUE INDEX one_correction_of_a_commission ON correction_lines (tenant_id, commission_id)
    WHERE released_at IS NULL;
ALTER TABLE correction_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE correction_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON correction_lines
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON correction_lines TO partnerdesk_app;

CREATE TABLE coupons (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    code        text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    partner_id  uuid NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    ended_by    text,
    ended_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
COMMENT ON TABLE coupons IS 'Whose a coupon is: a sale made with it was brought by that partner.';
CREATE UNIQUE INDEX a_coupon_is_one_partner_s ON coupons (tenant_id, code) WHERE ended_at IS NULL;
CREATE INDEX coupons_by_code ON coupons (tenant_id, code, recorded_at);
CREATE INDEX coupons_of_a_partner ON coupons (tenant_id, partner_id, recorded_at);
ALTER TABLE coupons ENABLE ROW LEVEL SECURITY;
ALTER TABLE coupons FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON coupons USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON coupons TO partnerdesk_app;

CREATE TABLE creation_intents (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    kind            text NOT NULL
        CHECK (kind IN ('credit-note', 'invoice', 'purchaseinvoice', 'purchasecreditnote')) NOT VALID,
    payout_id       uuid,
    transaction_id  uuid,
    marker          text NOT NULL,
    organization_id uuid NOT NULL,
    content         jsonb NOT NULL,
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
    announced_at    timestamptz,
    closed_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    adopted         boolean NOT NULL DEFAULT false,
    own_document_id uuid,
    attached_file   uuid,
    files_sent      integer NOT NULL DEFAULT 0,
    decision_id     uuid,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, marker),
    CONSTRAINT creation_intents_own_document_fkey FOREIGN KEY (tenant_id, own_document_id) REFERENCES own_documents
        NOT VALID,
    FOREIGN KEY (tenant_id, decision_id) REFERENCES decisions,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CONSTRAINT a_voucher_has_its_document
        CHECK ((kind IN ('purchaseinvoice', 'purchasecreditnote')) = (own_document_id IS NOT NULL)) NOT VALID,
    CONSTRAINT an_intent_has_its_payout
        CHECK ((kind IN ('credit-note', 'purchaseinvoice')) = (payout_id IS NOT NULL)) NOT VALID,
    CONSTRAINT an_invoice_has_its_sale CHECK ((kind = 'invoice') = (transaction_id IS NOT NULL)) NOT VALID,
    CONSTRAINT what_was_sent_has_a_deadline CHECK ((sent_at IS NULL) = (deadline IS NULL)) NOT VALID
);
COMMENT ON TABLE creation_intents IS 'A document that is to be created outside: what is sent, whether it was, and what came of it.';
CREATE INDEX intents_of_a_document ON creation_intents (tenant_id, own_document_id) WHERE own_document_id IS NOT NULL;
CREATE INDEX intents_of_a_payout ON creation_intents (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX intents_without_an_id ON creation_intents (tenant_id) WHERE resource_id IS NULL AND closed_at IS NULL;
CREATE INDEX invoices_to_announce ON creation_intents (created_at) WHERE kind = 'invoice' AND announced_at IS NULL;
CREATE UNIQUE INDEX one_booking_per_decision ON creation_intents (tenant_id, decision_id)
    WHERE decision_id IS NOT NULL AND (resource_id IS NOT NULL OR closed_at IS NULL);
CREATE UNIQUE INDEX one_open_intent_per_document ON creation_intents (tenant_id, own_document_id)
    WHERE own_document_id IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX one_open_intent_per_payout ON creation_intents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX one_open_intent_per_sale ON creation_intents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND closed_at IS NULL;
ALTER TABLE creation_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE creation_intents FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON creation_intents FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON creation_intents
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON creation_intents TO partnerdesk_app;

CREATE TABLE credit_note_confirmations (
    tenant_id    uuid PRIMARY KEY REFERENCES tenants,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    confirmed_by text NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE credit_note_confirmations IS 'Why a regular partner may still get a credit note of lexoffice from 2028 on.';
ALTER TABLE credit_note_confirmations ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_note_confirmations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON credit_note_confirmations
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON credit_note_confirmations TO partnerdesk_app;

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
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK (sha256 = sha256(content))
);
COMMENT ON TABLE credit_note_papers IS 'The PDF of a credit note, fetched once.';
CREATE INDEX credit_note_papers_tenant_id_payout_id_idx ON credit_note_papers (tenant_id, payout_id);
ALTER TABLE credit_note_papers ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_note_papers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON credit_note_papers
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON credit_note_papers TO partnerdesk_app;

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
    assigned_at          timestamptz,
    erased_at            timestamptz,
    changed_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, assigned_partner_id) REFERENCES partners
);
COMMENT ON TABLE customers IS 'Who bought, and the partner that later sales belong to.';
CREATE INDEX customers_changed ON customers (tenant_id, changed_at);
CREATE INDEX customers_of_a_partner ON customers (tenant_id, assigned_partner_id, seq)
    WHERE assigned_partner_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_external_id_idx ON customers (tenant_id, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_lexoffice_contact_id_idx ON customers (tenant_id, lexoffice_contact_id)
    WHERE lexoffice_contact_id IS NOT NULL;
CREATE UNIQUE INDEX customers_tenant_id_lower_idx ON customers (tenant_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX customers_tenant_id_seq_idx ON customers (tenant_id, seq);
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON customers USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON customers TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE decisions (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id    uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('approve', 'reject', 'cancel', 'resolve')),
    decided_by   text NOT NULL,
    decided_at   timestamptz NOT NULL DEFAULT now(),
    content_hash text NOT NULL,
    reason       text,
    detail       jsonb NOT NULL DEFAULT '{}',
    delivered_at timestamptz,
    hash_version integer NOT NULL DEFAULT 1 CHECK (hash_version > 0) NOT VALID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
COMMENT ON TABLE decisions IS 'A person''s decision about a payout: approve, reject, cancel, resolve; handed to its workflow.';
CREATE INDEX decisions_tenant_id_payout_id_decided_at_idx ON decisions (tenant_id, payout_id, decided_at);
CREATE INDEX decisions_to_announce ON decisions (decided_at) WHERE delivered_at IS NULL;
ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON decisions FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON decisions USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON decisions TO partnerdesk_app;
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON decisions
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'kind', 'decided_by', 'decided_at', 'content_hash', 'reason',
    'detail');

CREATE TABLE document_snapshots (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    provider    text NOT NULL DEFAULT 'lexoffice',
    resource    text NOT NULL
        CHECK (resource IN ('invoice', 'credit-note', 'payments', 'contact', 'profile', 'purchaseinvoice',
        'purchasecreditnote')) NOT VALID,
    resource_id uuid NOT NULL,
    body        text NOT NULL,
    sha256      bytea NOT NULL,
    fetched_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE document_snapshots IS 'What the books said, byte for byte.';
CREATE INDEX document_snapshots_tenant_id_resource_id_resource_fetched_a_idx ON document_snapshots (tenant_id,
    resource_id, resource, fetched_at DESC);
ALTER TABLE document_snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_snapshots FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON document_snapshots
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON document_snapshots TO partnerdesk_app;

CREATE TABLE document_strategies (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    tax_case   text NOT NULL
        CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country',
        'small_business_eu')),
    strategy   text NOT NULL CHECK (strategy IN ('lexoffice_credit_note', 'own_document', 'blocked')),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, tax_case),
    CONSTRAINT abroad_is_no_credit_note
        CHECK (strategy <> 'lexoffice_credit_note' OR (tax_case IN ('regular', 'small_business', 'private')))
);
COMMENT ON TABLE document_strategies IS 'Who writes the document of a tax case: lexoffice, we, or nobody.';
ALTER TABLE document_strategies ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_strategies FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON document_strategies
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON document_strategies TO partnerdesk_app;

CREATE TABLE erasures (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    subject     text NOT NULL CHECK (subject IN ('partner', 'customer')),
    subject_id  uuid NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    erased_by   text NOT NULL,
    erased_at   timestamptz NOT NULL DEFAULT now(),
    outcome     jsonb NOT NULL,
    kept_until  date,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK (kept_until IS NOT NULL OR finished_at IS NOT NULL)
);
COMMENT ON TABLE erasures IS 'Whose data were erased on request: what went, what the law keeps, and until when.';
CREATE INDEX erasures_tenant_id_kept_until_idx ON erasures (tenant_id, kept_until) WHERE finished_at IS NULL;
CREATE INDEX erasures_tenant_id_subject_subject_id_idx ON erasures (tenant_id, subject, subject_id);
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON erasures USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON erasures TO partnerdesk_app;

CREATE TABLE event_attempts (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    delivery_id  uuid NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    milliseconds integer NOT NULL CHECK (milliseconds >= 0),
    status       integer CHECK (status BETWEEN 100 AND 999),
    failure      text,
    answer       text CHECK (length(answer) <= 1000),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, delivery_id, number),
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES event_deliveries ON DELETE CASCADE
);
COMMENT ON TABLE event_attempts IS 'One try to deliver an event, and what was answered.';
ALTER TABLE event_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON event_attempts
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON event_attempts TO partnerdesk_app;

CREATE TABLE event_deliveries (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    endpoint_id  uuid NOT NULL,
    event_id     uuid NOT NULL,
    subject      text NOT NULL,
    subject_id   text NOT NULL,
    state        text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'delivered', 'dropped')),
    tries        integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at      timestamptz NOT NULL DEFAULT now(),
    replayed_by  text,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivered_at timestamptz,
    changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints,
    FOREIGN KEY (tenant_id, event_id) REFERENCES events_out ON DELETE CASCADE,
    CONSTRAINT what_is_delivered_has_its_time CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
);
COMMENT ON TABLE event_deliveries IS 'An event that one endpoint hears, or heard; `seq` is the order in which it does.';
CREATE INDEX deliveries_due ON event_deliveries (tenant_id, endpoint_id, seq) WHERE state = 'due';
CREATE INDEX deliveries_due_of_an_object ON event_deliveries (tenant_id, endpoint_id, subject, subject_id, seq)
    WHERE state = 'due';
CREATE INDEX deliveries_newest ON event_deliveries (tenant_id, endpoint_id, seq DESC);
CREATE INDEX deliveries_of_an_event ON event_deliveries (tenant_id, event_id);
ALTER TABLE event_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON event_deliveries FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON event_deliveries
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON event_deliveries TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON event_deliveries FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE event_subscriptions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    token_id        uuid NOT NULL,
    event_type      text NOT NULL CHECK (length(event_type) <= 200),
    address         text NOT NULL,
    subscription_id uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    seen_at         timestamptz,
    ended_at        timestamptz,
    PRIMARY KEY (tenant_id, token_id),
    FOREIGN KEY (tenant_id, token_id) REFERENCES webhook_tokens
);
COMMENT ON TABLE event_subscriptions IS 'A subscription of ours at lexoffice, and which token it carries.';
CREATE UNIQUE INDEX one_token_per_subscription ON event_subscriptions (tenant_id, subscription_id)
    WHERE subscription_id IS NOT NULL;
ALTER TABLE event_subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON event_subscriptions
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON event_subscriptions TO partnerdesk_app;

CREATE TABLE events (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                bigint GENERATED ALWAYS AS IDENTITY,
    provider          text NOT NULL REFERENCES providers,
    organization_id   text,
    event_type        text NOT NULL CHECK (length(event_type) <= 200),
    resource_id       text NOT NULL CHECK (length(resource_id) <= 300),
    event_date        timestamptz,
    body              bytea NOT NULL,
    signed            boolean NOT NULL DEFAULT false,
    payment_reference text CHECK (length(payment_reference) <= 300),
    state             text NOT NULL
        CHECK (state IN ('received', 'waiting', 'skipped', 'ignored', 'processed', 'unchanged', 'failed')),
    reason            text,
    changes           jsonb,
    snapshot_id       uuid,
    delivery          integer NOT NULL DEFAULT 1,
    received_at       timestamptz NOT NULL DEFAULT now(),
    handed_over_at    timestamptz,
    handled_at        timestamptz,
    reason_code       text,
    reason_params     jsonb,
    body_erased_at    timestamptz,
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE events IS 'What a provider told: as it arrived, and what became of it.';
CREATE INDEX bodies_by_age ON events (tenant_id, received_at) WHERE body_erased_at IS NULL;
CREATE INDEX events_by_state ON events (tenant_id, state, received_at, id, provider);
CREATE INDEX events_by_type ON events (tenant_id, event_type, state, received_at, id);
CREATE INDEX events_changed ON events (tenant_id, changed_at);
CREATE INDEX events_tenant_id_resource_id_idx ON events (tenant_id, resource_id);
CREATE INDEX events_tenant_id_state_id_idx ON events (tenant_id, state, id);
CREATE INDEX events_that_name_invoices ON events
    USING gin ((changes -> 'names_invoices'))
    WHERE state = 'ignored' AND changes ? 'names_invoices';
CREATE INDEX events_that_wait ON events (tenant_id, resource_id) WHERE state = 'waiting';
CREATE INDEX events_to_hand_over ON events (received_at) WHERE state = 'received' AND handed_over_at IS NULL;
CREATE UNIQUE INDEX the_same_event_once ON events (tenant_id, provider, organization_id, event_type, resource_id,
    event_date);
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON events FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON events USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON events TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF reason, reason_code, reason_params ON events
    FOR EACH ROW
    WHEN (new.reason IS DISTINCT FROM old.reason OR new.reason_code IS DISTINCT FROM old.reason_code OR
    new.reason_params IS DISTINCT FROM old.reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON events
    FOR EACH ROW
    WHEN (new.reason IS NOT NULL OR new.reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
CREATE TRIGGER note_change BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER number_event BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION number_event();

CREATE TABLE events_out (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    type       text NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE events_out IS 'What happened, as others are told of it: ids, states and amounts, no bank data.';
CREATE INDEX events_out_by_age ON events_out (tenant_id, created_at);
CREATE INDEX events_out_newest ON events_out (tenant_id, seq DESC);
ALTER TABLE events_out ENABLE ROW LEVEL SECURITY;
ALTER TABLE events_out FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON events_out USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON events_out TO partnerdesk_app;

CREATE TABLE external_documents (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    provider            text NOT NULL DEFAULT 'lexoffice',
    organization_id     uuid NOT NULL,
    kind                text NOT NULL
        CHECK (kind IN ('invoice', 'credit-note', 'purchaseinvoice', 'purchasecreditnote')) NOT VALID,
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
    created_totals      jsonb,
    last_snapshot_id    uuid,
    last_payments_id    uuid,
    detached_at         timestamptz,
    fetched_at          timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    seen_open_at        timestamptz,
    number_sought       text COLLATE "C" GENERATED ALWAYS AS (translate(upper(voucher_number), '-_/. ', '')) STORED,
    number_backwards    text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(voucher_number), '-_/. ', ''))) STORED,
    changed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    own_document_id     uuid,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, resource_id),
    CONSTRAINT external_documents_own_document_fkey FOREIGN KEY (tenant_id, own_document_id) REFERENCES own_documents
        NOT VALID,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CONSTRAINT a_voucher_of_a_payout_has_its_document
        CHECK (kind <> 'purchaseinvoice' OR payout_id IS NULL OR own_document_id IS NOT NULL) NOT VALID,
    CONSTRAINT only_invoices_are_of_a_sale CHECK (transaction_id IS NULL OR kind = 'invoice') NOT VALID,
    CONSTRAINT only_these_are_of_a_payout
        CHECK (payout_id IS NULL OR (kind IN ('credit-note', 'purchaseinvoice'))) NOT VALID,
    CONSTRAINT only_vouchers_are_of_a_document
        CHECK (own_document_id IS NULL OR (kind IN ('purchaseinvoice', 'purchasecreditnote'))) NOT VALID
);
COMMENT ON TABLE external_documents IS 'An invoice or credit note of the books, as it was last fetched, and what it belongs to.';
CREATE INDEX documents_by_amount ON external_documents (tenant_id, gross_cents);
CREATE INDEX documents_by_end_of_number ON external_documents (tenant_id, number_backwards);
CREATE INDEX documents_by_number ON external_documents (tenant_id, number_sought);
CREATE INDEX documents_of_a_payout ON external_documents (tenant_id, payout_id, created_at)
    WHERE payout_id IS NOT NULL;
CREATE INDEX documents_open_of_payouts ON external_documents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND detached_at IS NULL AND (status NOT IN ('paid', 'paidoff', 'voided', 'deleted'));
CREATE INDEX external_documents_changed ON external_documents (tenant_id, changed_at);
CREATE INDEX external_documents_tenant_id_voucher_number_idx ON external_documents (tenant_id, voucher_number);
CREATE UNIQUE INDEX one_credit_note_per_payout ON external_documents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND detached_at IS NULL;
CREATE UNIQUE INDEX one_invoice_per_sale ON external_documents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND detached_at IS NULL;
CREATE UNIQUE INDEX one_voucher_per_document ON external_documents (tenant_id, own_document_id)
    WHERE own_document_id IS NOT NULL AND detached_at IS NULL;
ALTER TABLE external_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE external_documents FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON external_documents
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON external_documents TO partnerdesk_app;
CREATE TRIGGER mail_about_document
    AFTER UPDATE OF voucher_number ON external_documents
    FOR EACH ROW
    WHEN (new.payout_id IS NOT NULL AND new.kind = 'credit-note' AND new.voucher_number IS NOT NULL AND
    old.voucher_number IS NULL)
    EXECUTE FUNCTION mail_about_document();
CREATE TRIGGER mail_about_new_document
    AFTER INSERT ON external_documents
    FOR EACH ROW
    WHEN (new.payout_id IS NOT NULL AND new.kind = 'credit-note' AND new.voucher_number IS NOT NULL)
    EXECUTE FUNCTION mail_about_document();
CREATE TRIGGER note_change BEFORE UPDATE ON external_documents FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER want_paper
    AFTER INSERT OR UPDATE OF status, payout_id, created_totals ON external_documents
    FOR EACH ROW
    WHEN (new.payout_id IS NOT NULL AND new.kind = 'credit-note' AND new.created_totals IS NOT NULL AND (new.status IN
    ('open', 'paid', 'paidoff')))
    EXECUTE FUNCTION want_paper();

CREATE TABLE foreign_payments (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    names       text[] NOT NULL CHECK (cardinality(names) > 0),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'EUR'),
    amount      numeric(20,3) NOT NULL CHECK (amount >= 0),
    tax         numeric(20,3) CHECK (tax >= 0),
    happened_on date NOT NULL,
    events      bigint[] NOT NULL DEFAULT '{}',
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'converted', 'dismissed')),
    rate        numeric(20,8) CHECK (rate > 0),
    rate_day    date,
    rate_source text CHECK (length(rate_source) BETWEEN 1 AND 200),
    decided_by  text,
    decided_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'converted') = (rate IS NOT NULL)),
    CHECK ((rate IS NULL) = (rate_day IS NULL) AND (rate IS NULL) = (rate_source IS NULL)),
    CHECK ((state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
COMMENT ON TABLE foreign_payments IS 'What was paid in another currency than the euro, and the rate that a person gave for it.';
CREATE INDEX foreign_payments_names_idx ON foreign_payments USING gin (names);
CREATE INDEX foreign_payments_tenant_id_currency_decided_at_idx ON foreign_payments (tenant_id, currency, decided_at)
    WHERE state = 'converted';
ALTER TABLE foreign_payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE foreign_payments FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON foreign_payments
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON foreign_payments TO partnerdesk_app;

CREATE TABLE hands (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    actor        text NOT NULL,
    act          text NOT NULL,
    subject      text NOT NULL
        CHECK (subject IN ('partner', 'campaign', 'customer', 'transaction', 'document', 'introduction',
        'foreign_payment', 'commission', 'payout')),
    subject_id   text NOT NULL,
    about        uuid,
    fields       text[],
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at     timestamptz,
    ended_how    text CHECK (ended_how IN ('approved', 'confirmed', 'settled')),
    ended_by     text,
    ended_payout uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, ended_payout) REFERENCES payouts,
    CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    CHECK (ended_how = 'settled' OR (ended_how IS NULL) = (ended_by IS NULL)),
    CONSTRAINT nobody_ends_the_own_hand CHECK (ended_how = 'settled' OR ended_by <> actor)
);
COMMENT ON TABLE hands IS 'Who had a hand in what a payout is: what was done to which object, and how the hand ended.';
CREATE INDEX hands_ended_by_a_payout ON hands (tenant_id, ended_payout) WHERE ended_payout IS NOT NULL;
CREATE INDEX open_hands ON hands (tenant_id, subject, subject_id) WHERE ended_at IS NULL;
ALTER TABLE hands ENABLE ROW LEVEL SECURITY;
ALTER TABLE hands FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON hands USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON hands TO partnerdesk_app;
GRANT UPDATE (subject_id, ended_at, ended_how, ended_by, ended_payout) ON hands TO partnerdesk_app;

CREATE TABLE idempotency_keys (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    caller         text NOT NULL,
    key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_sha256 bytea NOT NULL,
    status         integer,
    body           jsonb,
    created_at     timestamptz NOT NULL DEFAULT now(),
    content        json,
    PRIMARY KEY (tenant_id, caller, key)
);
COMMENT ON TABLE idempotency_keys IS 'The answer to a request with an Idempotency-Key, kept for seven days and given again word for word.';
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON idempotency_keys TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_tenant ON idempotency_keys
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency_keys TO partnerdesk_app;

CREATE TABLE import_changes (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    import_id  uuid NOT NULL,
    position   integer NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    about      text,
    fields     text[] NOT NULL,
    PRIMARY KEY (tenant_id, import_id, "position"),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports
);
COMMENT ON TABLE import_changes IS 'What taking a file over did, act by act; its entry in the trail is one.';
ALTER TABLE import_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON import_changes
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON import_changes TO partnerdesk_app;

CREATE TABLE import_mappings (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    kind            text NOT NULL,
    headings_sha256 bytea NOT NULL CHECK (length(headings_sha256) = 32),
    mapping         jsonb NOT NULL,
    chosen_by       text NOT NULL,
    chosen_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, headings_sha256)
);
COMMENT ON TABLE import_mappings IS 'How files with these headings were read last.';
ALTER TABLE import_mappings ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_mappings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON import_mappings
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON import_mappings TO partnerdesk_app;

CREATE TABLE imports (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    seq               bigint GENERATED ALWAYS AS IDENTITY,
    kind              text NOT NULL
        CHECK (kind IN ('partners', 'opening_balances', 'customers', 'past_sales', 'sales')),
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    content_encrypted bytea NOT NULL,
    encoding          text NOT NULL,
    header            text[] NOT NULL,
    row_count         integer NOT NULL CHECK (row_count > 0),
    mapping           jsonb NOT NULL,
    state             text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'taken', 'discarded')),
    brought_by        text NOT NULL,
    brought_at        timestamptz NOT NULL DEFAULT now(),
    ended_by          text,
    ended_at          timestamptz,
    created           integer NOT NULL DEFAULT 0 CHECK (created >= 0),
    changed           integer NOT NULL DEFAULT 0 CHECK (changed >= 0),
    unchanged         integer NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    left_out          integer NOT NULL DEFAULT 0 CHECK (left_out >= 0),
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT who_ended_an_import_is_known
        CHECK ((state = 'draft') = (ended_by IS NULL) AND (ended_by IS NULL) = (ended_at IS NULL))
);
COMMENT ON TABLE imports IS 'A file that a programme, or a part of it, is taken over from: how it is read, and what came of it.';
CREATE INDEX imports_newest ON imports (tenant_id, seq DESC);
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON imports USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON imports TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON imports FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE introductions (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    reference    text NOT NULL CHECK (length(reference) BETWEEN 1 AND 300),
    subscription text CHECK (length(subscription) BETWEEN 1 AND 300),
    customer_id  uuid,
    partner_id   uuid NOT NULL,
    campaign_id  uuid,
    told_at      timestamptz NOT NULL,
    recorded_by  text NOT NULL DEFAULT who_acts(),
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (subscription IS NOT NULL OR customer_id IS NOT NULL)
);
COMMENT ON TABLE introductions IS 'Whom a checkout named that cost nothing: whose the later payments of its subscription or customer are.';
CREATE INDEX introductions_tenant_id_customer_id_idx ON introductions (tenant_id, customer_id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX introductions_tenant_id_subscription_idx ON introductions (tenant_id, subscription)
    WHERE subscription IS NOT NULL;
ALTER TABLE introductions ENABLE ROW LEVEL SECURITY;
ALTER TABLE introductions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON introductions
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON introductions TO partnerdesk_app;

CREATE TABLE login_attempts (
    subject  bytea PRIMARY KEY CHECK (length(subject) = 32),
    attempts integer NOT NULL DEFAULT 1,
    since    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE login_attempts IS 'How often somebody tried to log in, by account and by address, both as HMACs.';
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON login_attempts TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE TABLE mails (
    tenant_id      uuid REFERENCES tenants,
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    kind           text NOT NULL
        CHECK (kind IN ('approval_waits', 'task_created', 'partner_document', 'own_document', 'bank_details_changed',
        'bank_details_wanted', 'commission_statement', 'connection_broken', 'password_changed', 'second_factor_added',
        'second_factor_removed', 'reset_link', 'invitation', 'daily')),
    user_id        uuid REFERENCES users,
    partner_id     uuid,
    address        text,
    about          text,
    facts          jsonb NOT NULL DEFAULT '{}',
    link_encrypted bytea,
    created_at     timestamptz NOT NULL DEFAULT now(),
    announced_at   timestamptz,
    taken_at       timestamptz,
    bundled_in     uuid REFERENCES mails ON DELETE SET NULL,
    ended_at       timestamptz,
    outcome        text CHECK (outcome IN ('sent', 'idle', 'over', 'no_address', 'refused', 'given_up')),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships,
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (tenant_id IS NOT NULL OR partner_id IS NULL),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
COMMENT ON TABLE mails IS 'A mail that is to be sent, or was: ids and numbers only.';
CREATE INDEX mails_bundled ON mails (bundled_in) WHERE bundled_in IS NOT NULL;
CREATE INDEX mails_by_age ON mails (created_at);
CREATE INDEX mails_of_a_recipient ON mails (tenant_id, user_id, kind) WHERE taken_at IS NULL;
CREATE INDEX mails_to_announce ON mails (created_at) WHERE announced_at IS NULL AND taken_at IS NULL;
CREATE UNIQUE INDEX one_daily_mail_a_day ON mails (tenant_id, user_id, about) WHERE kind = 'daily';
CREATE UNIQUE INDEX one_statement_a_quarter ON mails (tenant_id, partner_id, about)
    WHERE kind = 'commission_statement';
ALTER TABLE mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE mails FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON mails TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON mails
    USING (tenant_id IS NULL AND user_id = current_person())
    WITH
    CHECK (tenant_id IS NULL AND user_id = current_person());
CREATE POLICY own_tenant ON mails USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON mails TO partnerdesk_app;

CREATE TABLE mails_switched_off (
    tenant_id uuid NOT NULL REFERENCES tenants,
    user_id   uuid,
    kind      text NOT NULL
        CHECK (kind IN ('approval_waits', 'task_created', 'partner_document', 'bank_details_wanted',
        'connection_broken', 'daily')),
    since     timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, kind),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships
);
COMMENT ON TABLE mails_switched_off IS 'A kind of mail that a person, or the whole tenant, does not want.';
ALTER TABLE mails_switched_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE mails_switched_off FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON mails_switched_off
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT ON mails_switched_off TO partnerdesk_app;

CREATE TABLE manual_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    commission_id   uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('bonus', 'correction', 'opening_balance')),
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
COMMENT ON TABLE manual_lines IS 'A bonus or correction that a person wrote, and who confirmed it.';
ALTER TABLE manual_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE manual_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON manual_lines
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON manual_lines TO partnerdesk_app;

CREATE TABLE memberships (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    user_id     uuid NOT NULL REFERENCES users,
    role        text NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'admin')),
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    changed_by  uuid REFERENCES users,
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT nobody_changes_the_own_role CHECK (changed_by <> user_id)
);
COMMENT ON TABLE memberships IS 'What a person is in a tenant; rows stay, so that names in the trail can be told.';
CREATE INDEX memberships_user_id_idx ON memberships (user_id);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON memberships FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_person ON memberships FOR SELECT USING (user_id = current_person());
CREATE POLICY own_tenant ON memberships USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON memberships TO partnerdesk_app;
CREATE TRIGGER end_sessions
    AFTER UPDATE ON memberships
    FOR EACH ROW
    WHEN (old.role IS DISTINCT FROM new.role OR old.disabled_at IS DISTINCT FROM new.disabled_at)
    EXECUTE FUNCTION end_sessions_of_member();

CREATE TABLE month_closes (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    month           date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    first_closed_at timestamptz NOT NULL DEFAULT now(),
    last_closed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, month)
);
COMMENT ON TABLE month_closes IS 'A month that was closed, first and last.';
ALTER TABLE month_closes ENABLE ROW LEVEL SECURITY;
ALTER TABLE month_closes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON month_closes
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON month_closes TO partnerdesk_app;

CREATE TABLE month_settlements (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    partner_id       uuid NOT NULL,
    campaign_id      uuid NOT NULL,
    month            date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    part             integer NOT NULL CHECK (part > 0),
    due_cents        bigint NOT NULL,
    given_cents      bigint NOT NULL,
    settled_cents    bigint NOT NULL,
    difference_cents bigint NOT NULL,
    detail           jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, partner_id, campaign_id, month, part),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (difference_cents = (due_cents - given_cents - settled_cents) AND difference_cents <> 0)
);
COMMENT ON TABLE month_settlements IS 'What a month was worth beyond its sales: one part per settlement of partner, campaign and month.';
ALTER TABLE month_settlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE month_settlements FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON month_settlements
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON month_settlements TO partnerdesk_app;

CREATE TABLE monthly_tables (
    name    text PRIMARY KEY,
    time    text NOT NULL,
    kept_as text NOT NULL,
    days    integer NOT NULL CHECK (days > 0)
);
COMMENT ON TABLE monthly_tables IS 'Which tables are cut into months, by which column, and how long a month is kept at least.';
GRANT SELECT ON monthly_tables TO partnerdesk_app;
INSERT INTO monthly_tables (name, time, kept_as, days) VALUES
    ('api_requests', 'at', 'api_requests', '30');

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
COMMENT ON TABLE oauth_consents IS 'A person was sent to lexoffice and may come back once, in the same session, within ten minutes.';
ALTER TABLE oauth_consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_consents FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON oauth_consents
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_consents TO partnerdesk_app;

CREATE TABLE oauth_tokens (
    tenant_id               uuid NOT NULL REFERENCES tenants,
    provider                text NOT NULL,
    generation              bigint NOT NULL DEFAULT nextval('oauth_generations'::regclass),
    refresh_token_encrypted bytea NOT NULL,
    access_token_encrypted  bytea NOT NULL,
    obtained_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    access_expires_at       timestamptz NOT NULL,
    failures                integer NOT NULL DEFAULT 0,
    not_before              timestamptz,
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
COMMENT ON TABLE oauth_tokens IS 'The one valid pair of tokens of a tenant''s grant.';
ALTER TABLE oauth_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON oauth_tokens
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON oauth_tokens TO partnerdesk_app;

CREATE TABLE objection_endings (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    payout_id      uuid NOT NULL,
    ending         text NOT NULL CHECK (ending IN ('reversed', 'own_invoice', 'withdrawn')),
    reversal_id    uuid,
    invoice_number text CHECK (length(invoice_number) BETWEEN 1 AND 100),
    invoice_date   date,
    withdrawn_on   date,
    ended_by       text NOT NULL,
    ended_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, payout_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals,
    CHECK ((ending = 'own_invoice') = (invoice_number IS NOT NULL) AND (ending = 'own_invoice') = (invoice_date IS NOT
        NULL) AND (ending = 'own_invoice') = (reversal_id IS NULL)),
    CHECK ((ending = 'withdrawn') = (withdrawn_on IS NOT NULL))
);
COMMENT ON TABLE objection_endings IS 'How a partner''s objection to a document of our own ended.';
ALTER TABLE objection_endings ENABLE ROW LEVEL SECURITY;
ALTER TABLE objection_endings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON objection_endings
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON objection_endings TO partnerdesk_app;

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
COMMENT ON TABLE one_time_links IS 'An invitation or a reset of a password: works once, for 30 minutes.';
CREATE INDEX one_time_links_user_id_idx ON one_time_links (user_id);
ALTER TABLE one_time_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE one_time_links FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON one_time_links TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON one_time_links USING (user_id = current_person()) WITH CHECK (user_id = current_person());
GRANT INSERT, SELECT, UPDATE ON one_time_links TO partnerdesk_app;

CREATE TABLE own_document_circles (
    tenant_id  uuid PRIMARY KEY REFERENCES tenants,
    pattern    text NOT NULL CHECK (length(pattern) BETWEEN 8 AND 60),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE own_document_circles IS 'How a tenant numbers the documents that we issue ourselves.';
ALTER TABLE own_document_circles ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_document_circles FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON own_document_circles
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON own_document_circles TO partnerdesk_app;

CREATE TABLE own_document_counters (
    tenant_id uuid NOT NULL REFERENCES tenants,
    pattern   text NOT NULL,
    year      integer NOT NULL,
    last      integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (tenant_id, pattern, year)
);
COMMENT ON TABLE own_document_counters IS 'The last number of a circle in a year.';
ALTER TABLE own_document_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_document_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON own_document_counters
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON own_document_counters TO partnerdesk_app;

CREATE TABLE own_document_deliveries (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    document_id uuid NOT NULL,
    how         text NOT NULL CHECK (how IN ('mail', 'page', 'hand')),
    mail_id     uuid,
    outcome     text NOT NULL
        CHECK (outcome IN ('accepted', 'refused', 'no_address', 'given_up', 'opened', 'handed_over')),
    at          timestamptz NOT NULL DEFAULT now(),
    told_by     text NOT NULL,
    note        text CHECK (length(note) BETWEEN 1 AND 500),
    bounced_at  timestamptz,
    bounced_by  text,
    bounce      text CHECK (length(bounce) BETWEEN 1 AND 500),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES own_documents,
    CHECK ((how = 'mail') = (outcome IN ('accepted', 'refused', 'no_address', 'given_up'))),
    CHECK ((how = 'page') = (outcome = 'opened')),
    CHECK (mail_id IS NULL OR how = 'mail'),
    CHECK (bounced_at IS NULL OR outcome = 'accepted'),
    CHECK ((bounced_at IS NULL) = (bounced_by IS NULL))
);
COMMENT ON TABLE own_document_deliveries IS 'How a document of our own reached its partner, or did not: mails as they ended, the first opening, what a person says.';
CREATE UNIQUE INDEX a_mail_ends_once ON own_document_deliveries (tenant_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE UNIQUE INDEX opened_once ON own_document_deliveries (tenant_id, document_id) WHERE how = 'page';
CREATE INDEX own_document_deliveries_of_document ON own_document_deliveries (tenant_id, document_id);
ALTER TABLE own_document_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_document_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON own_document_deliveries FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON own_document_deliveries
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON own_document_deliveries TO partnerdesk_app;
CREATE TRIGGER note_delivery
    AFTER INSERT OR UPDATE ON own_document_deliveries
    FOR EACH ROW
    EXECUTE FUNCTION note_delivery();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON own_document_deliveries
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'document_id', 'how', 'mail_id', 'outcome', 'at', 'told_by', 'note');

CREATE TABLE own_documents (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    number         text NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    pattern        text NOT NULL,
    year           integer NOT NULL,
    place          integer NOT NULL CHECK (place > 0),
    kind           text NOT NULL CHECK (kind IN ('self_billed', 'commission_statement', 'reversal', 'correction')),
    payout_id      uuid,
    original_id    uuid,
    issued_on      date NOT NULL,
    net_cents      bigint NOT NULL CHECK (net_cents <> 0),
    tax_cents      bigint NOT NULL,
    gross_cents    bigint NOT NULL,
    transfer_cents bigint NOT NULL,
    content        jsonb NOT NULL,
    xml            bytea CHECK (octet_length(xml) BETWEEN 1 AND 5242880),
    pdf            bytea CHECK (SUBSTRING(pdf FROM 1 FOR 5) = '\x255044462d'::bytea AND octet_length(pdf) <= 5242880),
    pdf_sha256     text NOT NULL,
    report         jsonb,
    issued_by      text NOT NULL,
    issued_at      timestamptz NOT NULL DEFAULT now(),
    closed_at      timestamptz,
    closed_by      text,
    closed_reason  text CHECK (length(closed_reason) BETWEEN 1 AND 500),
    handed_out_at  timestamptz,
    delivered_at   timestamptz,
    partner_id     uuid,
    changed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at      timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    UNIQUE (tenant_id, pattern, year, place),
    FOREIGN KEY (tenant_id, original_id) REFERENCES own_documents,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CONSTRAINT an_issued_document_has_its_pdf CHECK ((pdf IS NULL) = (erased_at IS NOT NULL)),
    CHECK (pdf_sha256 = encode(sha256(pdf), 'hex')),
    CHECK (gross_cents = (net_cents + tax_cents)),
    CHECK ((kind IN ('reversal', 'correction')) = (net_cents < 0)),
    CHECK (kind <> 'reversal' OR original_id IS NOT NULL),
    CHECK ((xml IS NULL) = (report IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (closed_reason IS NULL)),
    CHECK (closed_at IS NULL OR handed_out_at IS NULL),
    CHECK (delivered_at IS NULL OR handed_out_at IS NOT NULL)
);
COMMENT ON TABLE own_documents IS 'A document that we issued ourselves, with its files, as it was handed out.';
CREATE UNIQUE INDEX one_document_of_a_payout ON own_documents (tenant_id, payout_id)
    WHERE (kind IN ('self_billed', 'commission_statement')) AND closed_at IS NULL;
CREATE UNIQUE INDEX one_reversal_of_a_document ON own_documents (tenant_id, original_id)
    WHERE kind = 'reversal' AND closed_at IS NULL;
CREATE INDEX own_documents_by_end ON own_documents (tenant_id, reverse(translate(upper(number), '-_/. ', '')) COLLATE
    "C");
CREATE INDEX own_documents_by_number ON own_documents (tenant_id, translate(upper(number), '-_/. ', '') COLLATE "C");
CREATE INDEX own_documents_changed ON own_documents (tenant_id, changed_at);
CREATE INDEX own_documents_of_partner ON own_documents (tenant_id, partner_id, seq);
CREATE INDEX own_documents_tenant_id_payout_id_idx ON own_documents (tenant_id, payout_id);
ALTER TABLE own_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_documents FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON own_documents
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON own_documents TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON own_documents FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER own_document_is_of_its_partner
    BEFORE INSERT ON own_documents
    FOR EACH ROW
    EXECUTE FUNCTION own_document_is_of_its_partner();
CREATE TRIGGER own_document_stays
    BEFORE DELETE OR UPDATE ON own_documents
    FOR EACH ROW
    EXECUTE FUNCTION own_document_stays();

CREATE TABLE own_reversals (
    tenant_id              uuid NOT NULL REFERENCES tenants,
    id                     uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                    bigint GENERATED ALWAYS AS IDENTITY,
    kind                   text NOT NULL CHECK (kind IN ('reversal', 'correction')),
    partner_id             uuid NOT NULL,
    payout_id              uuid,
    original_id            uuid,
    tax_case               text NOT NULL,
    books                  text NOT NULL CHECK (books IN ('lexoffice', 'none')),
    ground                 text NOT NULL CHECK (ground IN ('error', 'change', 'objection')),
    counts_in              date NOT NULL CHECK (EXTRACT(day FROM counts_in) = 1),
    reason                 text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    draft                  jsonb NOT NULL,
    gross_cents            bigint NOT NULL CHECK (gross_cents < 0),
    requested_by           text NOT NULL,
    requested_at           timestamptz NOT NULL DEFAULT now(),
    decided_by             text,
    decided_at             timestamptz,
    confirmed              boolean,
    decided_alone          boolean NOT NULL DEFAULT false,
    document_id            uuid,
    stage                  text CHECK (stage IN ('issued', 'booked', 'delivered')),
    blocked_code           text,
    blocked_params         jsonb,
    withdrawn_at           timestamptz,
    announcement_wanted_at timestamptz,
    seen_delivery          bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, document_id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES own_documents,
    FOREIGN KEY (tenant_id, original_id) REFERENCES own_documents,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK ((kind = 'reversal') = (payout_id IS NOT NULL)),
    CHECK (kind = 'correction' OR original_id IS NOT NULL),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (confirmed IS NULL)),
    CHECK (stage IS NULL OR confirmed),
    CHECK ((stage IS NULL) = (document_id IS NULL)),
    CHECK (books <> 'none' OR stage IS DISTINCT FROM 'booked'),
    CHECK ((blocked_code IS NULL) = (blocked_params IS NULL)),
    CHECK (withdrawn_at IS NULL OR stage IS DISTINCT FROM 'delivered')
);
COMMENT ON TABLE own_reversals IS 'A decision to take back a document of our own, or to correct earlier ones, and how far its document has come.';
CREATE UNIQUE INDEX one_open_reversal_of_a_document ON own_reversals (tenant_id, original_id)
    WHERE kind = 'reversal' AND withdrawn_at IS NULL AND confirmed IS NOT FALSE;
CREATE INDEX own_reversals_of_a_partner ON own_reversals (tenant_id, partner_id, seq);
CREATE INDEX own_reversals_of_a_payout ON own_reversals (tenant_id, payout_id);
CREATE INDEX own_reversals_to_announce ON own_reversals (announcement_wanted_at)
    WHERE announcement_wanted_at IS NOT NULL;
CREATE INDEX own_reversals_under_way ON own_reversals (tenant_id, requested_at)
    WHERE confirmed AND withdrawn_at IS NULL AND stage IS DISTINCT FROM 'delivered';
ALTER TABLE own_reversals ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_reversals FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON own_reversals FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON own_reversals
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON own_reversals TO partnerdesk_app;

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
    PRIMARY KEY (tenant_id, resource_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
COMMENT ON TABLE papers_wanted IS 'A PDF that is still to be fetched.';
CREATE INDEX papers_due ON papers_wanted (tenant_id, next_try_at);
CREATE INDEX papers_to_announce ON papers_wanted (next_try_at) WHERE announced_at IS NULL;
ALTER TABLE papers_wanted ENABLE ROW LEVEL SECURITY;
ALTER TABLE papers_wanted FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON papers_wanted FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON papers_wanted
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON papers_wanted TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF failed_reason, failed_code, failed_params ON papers_wanted
    FOR EACH ROW
    WHEN (new.failed_reason IS DISTINCT FROM old.failed_reason OR new.failed_code IS DISTINCT FROM old.failed_code OR
    new.failed_params IS DISTINCT FROM old.failed_params)
    EXECUTE FUNCTION keep_code_and_sentence('failed_reason', 'failed_code', 'failed_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON papers_wanted
    FOR EACH ROW
    WHEN (new.failed_reason IS NOT NULL OR new.failed_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('failed_reason', 'failed_code', 'failed_params', 'ours');

CREATE TABLE partner_addresses_before (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    partner_id uuid NOT NULL,
    email      text NOT NULL,
    until      timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
COMMENT ON TABLE partner_addresses_before IS 'Mail addresses that a partner had in the last 60 days.';
CREATE INDEX partner_addresses_before_tenant_id_partner_id_until_idx ON partner_addresses_before (tenant_id,
    partner_id, until);
CREATE INDEX partner_addresses_by_age ON partner_addresses_before (until);
ALTER TABLE partner_addresses_before ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_addresses_before FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON partner_addresses_before TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_tenant ON partner_addresses_before
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON partner_addresses_before TO partnerdesk_app;

CREATE TABLE partner_bank_details (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id      uuid NOT NULL,
    account_holder  text NOT NULL CHECK (length(account_holder) BETWEEN 1 AND 70),
    iban_encrypted  bytea NOT NULL,
    iban_hmac       bytea NOT NULL,
    iban_last4      text NOT NULL CHECK (iban_last4 ~ '^[A-Z0-9]{4}$'),
    bic             text,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'superseded', 'refused')),
    recorded_by     text,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
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
COMMENT ON TABLE partner_bank_details IS 'An account that a partner is paid to: waiting, in force, superseded or refused.';
CREATE INDEX accounts_of_a_partner ON partner_bank_details (tenant_id, partner_id, recorded_at);
CREATE INDEX accounts_to_activate ON partner_bank_details (usable_from)
    WHERE state = 'pending' AND confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX one_active_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'active';
CREATE UNIQUE INDEX one_pending_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'pending';
CREATE INDEX partner_bank_details_tenant_id_iban_hmac_idx ON partner_bank_details (tenant_id, iban_hmac);
ALTER TABLE partner_bank_details ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_bank_details FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON partner_bank_details FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON partner_bank_details
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON partner_bank_details TO partnerdesk_app;
CREATE TRIGGER hold_payouts
    AFTER INSERT OR UPDATE OF state ON partner_bank_details
    FOR EACH ROW
    EXECUTE FUNCTION hold_payouts_of_pending_account();
CREATE TRIGGER mail_about_account
    AFTER INSERT ON partner_bank_details
    FOR EACH ROW
    WHEN (new.state = 'pending')
    EXECUTE FUNCTION mail_about_account();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON partner_bank_details
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'partner_id', 'account_holder', 'iban_hmac', 'iban_last4', 'bic',
    'recorded_by', 'recorded_at');

CREATE TABLE partner_contacts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    organization_id uuid NOT NULL,
    partner_id      uuid NOT NULL,
    contact_id      uuid,
    sent_at         timestamptz,
    settled_at      timestamptz,
    details_hash    text,
    PRIMARY KEY (tenant_id, organization_id, partner_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
COMMENT ON TABLE partner_contacts IS 'The contact that stands for a partner in an account of the books.';
ALTER TABLE partner_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON partner_contacts
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON partner_contacts TO partnerdesk_app;

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
COMMENT ON TABLE partner_history IS 'Sponsor, status and campaign of a partner as they were, from when.';
ALTER TABLE partner_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_history FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON partner_history
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON partner_history TO partnerdesk_app;

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
COMMENT ON TABLE partner_links IS 'A partner''s way to the own page: a link that works once, then a cookie.';
CREATE INDEX partner_links_tenant_id_partner_id_created_at_idx ON partner_links (tenant_id, partner_id, created_at);
ALTER TABLE partner_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_links FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON partner_links FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON partner_links
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON partner_links TO partnerdesk_app;

CREATE TABLE partner_tax_statuses (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id     uuid NOT NULL,
    status         text NOT NULL
        CHECK (status IN ('regular', 'small_business', 'private', 'eu_business', 'third_country',
        'small_business_eu')) NOT VALID,
    valid_from     date NOT NULL,
    valid_until    date,
    vat_id         text,
    tax_number     text,
    confirmed_year smallint,
    recorded_by    text,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    exclusion      text CHECK (exclusion IN ('employee', 'exempt_mediation')),
    declared_on    date,
    business_id    text CHECK (business_id ~ '^DE[0-9]{9}-[0-9]{5}$'),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (valid_until IS NULL OR valid_until > valid_from),
    CHECK (status <> 'small_business' OR confirmed_year IS NOT NULL)
);
COMMENT ON TABLE partner_tax_statuses IS 'What a partner is for VAT from a day on, and what proves it.';
CREATE INDEX partner_tax_statuses_tenant_id_partner_id_valid_from_idx ON partner_tax_statuses (tenant_id, partner_id,
    valid_from);
ALTER TABLE partner_tax_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_tax_statuses FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON partner_tax_statuses
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON partner_tax_statuses TO partnerdesk_app;

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
    agreement_accepted_at  timestamptz,
    agreement_version      text,
    minimum_payout_cents   bigint CHECK (minimum_payout_cents >= 0),
    last_edited_by         text,
    created_at             timestamptz NOT NULL DEFAULT now(),
    payouts_stopped_reason text CHECK (length(payouts_stopped_reason) BETWEEN 1 AND 500),
    payouts_stopped_by     text,
    payouts_stopped_at     timestamptz,
    leaving_since          timestamptz,
    sought                 text COLLATE "C"
        GENERATED ALWAYS AS (folded((((code || ' ') || name) || ' ') || COALESCE(email, ''))) STORED,
    erased_at              timestamptz,
    changed_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    phone                  text CHECK (length(phone) BETWEEN 3 AND 50),
    predecessor_id         uuid,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, predecessor_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, sponsor_id) REFERENCES partners,
    CONSTRAINT nobody_follows_itself CHECK (predecessor_id <> id),
    CHECK (sponsor_id <> id),
    CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_at IS NULL)),
    CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_by IS NULL))
);
COMMENT ON TABLE partners IS 'Who brings sales: code, address, sponsor, agreement on self-billing.';
CREATE UNIQUE INDEX a_contact_is_one_partner ON partners (tenant_id, lexoffice_contact_id)
    WHERE lexoffice_contact_id IS NOT NULL;
CREATE UNIQUE INDEX a_partner_has_one_successor ON partners (tenant_id, predecessor_id);
CREATE INDEX partners_changed ON partners (tenant_id, changed_at);
CREATE INDEX partners_tenant_id_seq_idx ON partners (tenant_id, seq);
CREATE INDEX partners_tenant_id_sponsor_id_idx ON partners (tenant_id, sponsor_id);
ALTER TABLE partners ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON partners USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON partners TO partnerdesk_app;
CREATE TRIGGER hold_payouts
    AFTER UPDATE OF payouts_stopped_reason ON partners
    FOR EACH ROW
    EXECUTE FUNCTION hold_payouts_of_stopped_partner();
CREATE TRIGGER no_sponsor_cycle
    BEFORE INSERT OR UPDATE OF sponsor_id ON partners
    FOR EACH ROW
    EXECUTE FUNCTION no_sponsor_cycle();
CREATE TRIGGER note_change BEFORE UPDATE ON partners FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER remember_address
    AFTER UPDATE OF email ON partners
    FOR EACH ROW
    WHEN (old.email IS NOT NULL AND old.email IS DISTINCT FROM new.email)
    EXECUTE FUNCTION remember_address();
CREATE TRIGGER remember_partner AFTER INSERT OR UPDATE ON partners FOR EACH ROW EXECUTE FUNCTION remember_partner();
CREATE TRIGGER tell_of_new_partner AFTER INSERT ON partners FOR EACH ROW EXECUTE FUNCTION tell_of_partner();
CREATE TRIGGER tell_of_partner
    AFTER UPDATE ON partners
    FOR EACH ROW
    WHEN (old.code IS DISTINCT FROM new.code OR old.name IS DISTINCT FROM new.name OR old.email IS DISTINCT FROM
    new.email OR old.status IS DISTINCT FROM new.status OR old.sponsor_id IS DISTINCT FROM new.sponsor_id OR
    old.campaign_id IS DISTINCT FROM new.campaign_id OR old.supplement IS DISTINCT FROM new.supplement OR old.street
    IS DISTINCT FROM new.street OR old.zip IS DISTINCT FROM new.zip OR old.city IS DISTINCT FROM new.city OR
    old.country_code IS DISTINCT FROM new.country_code OR old.agreement_version IS DISTINCT FROM new.agreement_version
    OR old.minimum_payout_cents IS DISTINCT FROM new.minimum_payout_cents OR old.payouts_stopped_reason IS DISTINCT
    FROM new.payouts_stopped_reason OR old.leaving_since IS DISTINCT FROM new.leaving_since)
    EXECUTE FUNCTION tell_of_partner();

CREATE TABLE payee_checks (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    bank_details_id uuid NOT NULL,
    result          text NOT NULL CHECK (result IN ('match', 'close', 'none', 'not_possible')),
    holder_at_bank  text CHECK (length(holder_at_bank) BETWEEN 1 AND 140),
    checked_on      date NOT NULL,
    reported        boolean NOT NULL,
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details ON DELETE CASCADE,
    CONSTRAINT a_bank_names_a_holder_that_is_alike CHECK (holder_at_bank IS NULL OR result = 'close'),
    CONSTRAINT only_no_match_is_confirmed CHECK (confirmed_at IS NULL OR result = 'none'),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE payee_checks IS 'What the payee''s bank said of name and account (Verification of Payee).';
CREATE INDEX newest_payee_check ON payee_checks (tenant_id, bank_details_id, seq DESC);
ALTER TABLE payee_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE payee_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payee_checks
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payee_checks TO partnerdesk_app;
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON payee_checks
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'bank_details_id', 'result', 'holder_at_bank', 'checked_on', 'reported',
    'recorded_by', 'recorded_at');

CREATE TABLE payment_attempts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    payout_id       uuid NOT NULL,
    attempt         integer NOT NULL CHECK (attempt BETWEEN 2 AND 99),
    bank_details_id uuid NOT NULL,
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    in_the_books    text,
    requested_by    text NOT NULL,
    requested_at    timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    ended_by        text,
    ended_at        timestamptz,
    ended_how       text CHECK (ended_how IN ('refused', 'withdrawn', 'paid', 'returned', 'cancelled')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_how IS NULL)),
    CONSTRAINT refused_before_it_was_confirmed CHECK (ended_how IS DISTINCT FROM 'refused' OR confirmed_at IS NULL)
);
COMMENT ON TABLE payment_attempts IS 'That two persons have what came back transferred once more: who, to which account, and how it ended.';
CREATE UNIQUE INDEX an_attempt_is_confirmed_once ON payment_attempts (tenant_id, payout_id, attempt)
    WHERE confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX one_open_attempt_of_a_payout ON payment_attempts (tenant_id, payout_id) WHERE ended_at IS NULL;
ALTER TABLE payment_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payment_attempts
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payment_attempts TO partnerdesk_app;
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON payment_attempts
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'attempt', 'bank_details_id', 'reason', 'requested_by',
    'requested_at');

CREATE TABLE payment_evidence (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    payout_id      uuid NOT NULL,
    entry_id       uuid NOT NULL,
    run_line_id    uuid,
    kind           text NOT NULL CHECK (kind IN ('debit', 'return', 'reversal')),
    end_to_end_id  text NOT NULL,
    amount_cents   bigint NOT NULL CHECK (amount_cents > 0),
    booked_on      date NOT NULL,
    bank_reference text,
    reason_code    text CHECK (length(reason_code) <= 70),
    cancels        uuid,
    assigned_by    text,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, cancels),
    UNIQUE (tenant_id, entry_id, payout_id, kind),
    FOREIGN KEY (tenant_id, cancels) REFERENCES payment_evidence,
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, run_line_id) REFERENCES bank_run_lines,
    CONSTRAINT a_debit_takes_nothing_back CHECK (kind <> 'debit' OR cancels IS NULL),
    CONSTRAINT a_debit_was_proved_or_assigned
        CHECK (kind <> 'debit' OR run_line_id IS NOT NULL OR assigned_by IS NOT NULL)
);
COMMENT ON TABLE payment_evidence IS 'What a booking proves of a payout: a debit, a return or a reversal.';
CREATE INDEX evidence_of_a_payout ON payment_evidence (tenant_id, payout_id, seq);
CREATE INDEX returns_of_payments ON payment_evidence (tenant_id, run_line_id) WHERE kind = 'return';
ALTER TABLE payment_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payment_evidence
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON payment_evidence TO partnerdesk_app;
GRANT UPDATE (cancels) ON payment_evidence TO partnerdesk_app;
CREATE TRIGGER mail_about_return
    AFTER INSERT ON payment_evidence
    FOR EACH ROW
    WHEN (new.kind = 'return' AND (new.reason_code IN ('AC01', 'AC03', 'AC04', 'AC06', 'AC13', 'AC14', 'AG01', 'BE01',
    'MD07', 'RC01')))
    EXECUTE FUNCTION mail_about_return();

CREATE TABLE payout_counters (
    tenant_id uuid NOT NULL REFERENCES tenants,
    year      integer NOT NULL,
    last      integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
COMMENT ON TABLE payout_counters IS 'The last number of a payout in a year.';
ALTER TABLE payout_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payout_counters
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payout_counters TO partnerdesk_app;

CREATE TABLE payout_holds (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id   uuid NOT NULL,
    code        text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),
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
COMMENT ON TABLE payout_holds IS 'What holds a payout: a code with parameters, since when, by whom, and until when it did.';
CREATE UNIQUE INDEX a_payout_is_held_once_for_a_reason ON payout_holds (tenant_id, payout_id, code)
    WHERE released_at IS NULL;
CREATE INDEX payout_holds_tenant_id_payout_id_since_idx ON payout_holds (tenant_id, payout_id, since);
ALTER TABLE payout_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payout_holds
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON payout_holds TO partnerdesk_app;
GRANT UPDATE (released_at, released_by) ON payout_holds TO partnerdesk_app;
CREATE TRIGGER show_holds
    AFTER INSERT OR UPDATE OF released_at ON payout_holds
    FOR EACH ROW
    EXECUTE FUNCTION show_holds_of_payout();

CREATE TABLE payout_lines (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id     uuid NOT NULL,
    position      integer NOT NULL,
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL,
    tax_rate      numeric(4,2) NOT NULL,
    tax_cents     bigint NOT NULL,
    gross_cents   bigint NOT NULL,
    released_at   timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, payout_id, "position"),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CHECK (gross_cents = (net_cents + tax_cents))
);
COMMENT ON TABLE payout_lines IS 'A commission in a payout; released when it drops out.';
CREATE UNIQUE INDEX a_commission_in_at_most_one_payout ON payout_lines (tenant_id, commission_id)
    WHERE released_at IS NULL;
CREATE INDEX lines_given_back ON payout_lines (tenant_id, commission_id) WHERE released_at IS NOT NULL;
ALTER TABLE payout_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payout_lines
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payout_lines TO partnerdesk_app;
CREATE TRIGGER touch_payout_on_insert
    AFTER INSERT ON payout_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT
    EXECUTE FUNCTION touch_payout_of_line();
CREATE TRIGGER touch_payout_on_update
    AFTER UPDATE ON payout_lines REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT
    EXECUTE FUNCTION touch_payout_of_line();

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
COMMENT ON TABLE payout_notes IS 'What people write down about a payout.';
CREATE INDEX payout_notes_tenant_id_payout_id_written_at_idx ON payout_notes (tenant_id, payout_id, written_at);
ALTER TABLE payout_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payout_notes
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON payout_notes TO partnerdesk_app;

CREATE TABLE payout_run_rows (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    run_id      uuid NOT NULL,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    partner_id  uuid NOT NULL,
    payout_id   uuid,
    tax_case    text,
    reason      text,
    code        text,
    sentence    text,
    until       timestamptz,
    lines       integer NOT NULL,
    net_cents   bigint NOT NULL,
    tax_cents   bigint NOT NULL DEFAULT 0,
    gross_cents bigint NOT NULL,
    params      jsonb,
    month       date,
    PRIMARY KEY (tenant_id, run_id, seq),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs,
    CHECK (gross_cents = (net_cents + tax_cents)),
    CHECK ((reason IS NULL) = (tax_case IS NOT NULL)),
    CHECK ((reason IS NULL) = (sentence IS NULL)),
    CHECK (reason IS NOT NULL OR net_cents > 0)
);
COMMENT ON TABLE payout_run_rows IS 'What a run did for one partner and tax case, or why it did nothing.';
CREATE UNIQUE INDEX one_payout_in_one_run ON payout_run_rows (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
CREATE UNIQUE INDEX one_payout_per_run_partner_and_tax_case ON payout_run_rows (tenant_id, run_id, partner_id,
    tax_case, month) NULLS NOT DISTINCT
    WHERE reason IS NULL;
CREATE INDEX rows_of_a_partner ON payout_run_rows (tenant_id, run_id, partner_id);
ALTER TABLE payout_run_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_run_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON payout_run_rows
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payout_run_rows TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF sentence, code, params ON payout_run_rows
    FOR EACH ROW
    WHEN (new.sentence IS DISTINCT FROM old.sentence OR new.code IS DISTINCT FROM old.code OR new.params IS DISTINCT
    FROM old.params)
    EXECUTE FUNCTION keep_code_and_sentence('sentence', 'code', 'params', 'coded');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON payout_run_rows
    FOR EACH ROW
    WHEN (new.sentence IS NOT NULL OR new.code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('sentence', 'code', 'params', 'coded');

CREATE TABLE payout_runs (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL,
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    period        text NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$'),
    rehearsal     boolean NOT NULL,
    cut_off       timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
    requested_by  text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    cancelled_by  text,
    cancel_reason text,
    started_at    timestamptz DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (ended_at IS NULL)),
    CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
);
COMMENT ON TABLE payout_runs IS 'A run that makes the payouts of a period, or rehearses it.';
CREATE UNIQUE INDEX one_run_per_period ON payout_runs (tenant_id, period) WHERE NOT rehearsal AND state <> 'cancelled';
CREATE INDEX payout_runs_changed ON payout_runs (tenant_id, changed_at);
CREATE INDEX payout_runs_tenant_id_seq_idx ON payout_runs (tenant_id, seq);
CREATE INDEX runs_to_begin ON payout_runs (created_at) WHERE started_at IS NULL AND state = 'running';
ALTER TABLE payout_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE payout_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON payout_runs FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON payout_runs USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payout_runs TO partnerdesk_app;
CREATE TRIGGER follow_the_arrows
    AFTER INSERT OR UPDATE OF state ON payout_runs
    FOR EACH ROW
    EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER note_change BEFORE UPDATE ON payout_runs FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON payout_runs
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'period', 'rehearsal', 'cut_off', 'requested_by', 'created_at');

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
    tax_case               text NOT NULL
        CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country',
        'small_business_eu')) NOT VALID,
    currency               text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    net_cents              bigint NOT NULL,
    tax_rate               numeric(4,2) NOT NULL,
    tax_cents              bigint NOT NULL,
    gross_cents            bigint NOT NULL,
    period_from            date NOT NULL,
    period_to              date NOT NULL,
    bank_details_id        uuid,
    content_hash           text NOT NULL,
    requested_by           text NOT NULL,
    state_reason           text,
    blocked_reason         text,
    held_reason            text,
    reopened               boolean NOT NULL DEFAULT false,
    payment_reference      text,
    paid_on                date,
    workflow_started_at    timestamptz,
    recheck_wanted_at      timestamptz,
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now(),
    four_eyes_switched_off boolean NOT NULL DEFAULT false,
    held_by                text,
    held_at                timestamptz,
    waited_seconds         bigint,
    objected_at            timestamptz,
    objection_reason       text CHECK (length(objection_reason) BETWEEN 1 AND 1000),
    run_id                 uuid,
    number_sought          text COLLATE "C" GENERATED ALWAYS AS (translate(upper(number), '-_/. ', '')) STORED,
    number_backwards       text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(number), '-_/. ', ''))) STORED,
    open_holds             text[],
    blocked_code           text,
    blocked_params         jsonb,
    state_reason_code      text,
    state_reason_params    jsonb,
    changed_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    strategy               text NOT NULL DEFAULT 'lexoffice_credit_note'
        CHECK (strategy IN ('lexoffice_credit_note', 'own_document')) NOT VALID,
    books                  text NOT NULL DEFAULT 'lexoffice' REFERENCES providers,
    document_stage         text CHECK (document_stage IN ('issued', 'booked', 'delivered')) NOT VALID,
    hash_version           integer NOT NULL DEFAULT 1 CHECK (hash_version > 0) NOT VALID,
    cancel_wanted_at       timestamptz,
    cancel_wanted_by       text,
    cancel_wanted_reason   text,
    transferred_on         date,
    bank_reference         text,
    set_off_cents          bigint NOT NULL DEFAULT 0 CHECK (set_off_cents >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, run_id) REFERENCES payout_runs,
    CONSTRAINT a_credit_note_is_of_the_books
        CHECK (strategy = 'own_document' OR books <> 'none' AND document_stage IS NULL AND (tax_case IN ('regular',
        'small_business', 'private'))) NOT VALID,
    CONSTRAINT a_wanted_cancelling_says_who_and_why
        CHECK ((cancel_wanted_at IS NULL) = (cancel_wanted_by IS NULL) AND (cancel_wanted_at IS NULL) =
        (cancel_wanted_reason IS NULL) AND (cancel_wanted_at IS NULL OR strategy = 'own_document')) NOT VALID,
    CHECK (gross_cents = (net_cents + tax_cents)),
    CHECK ((state IN ('cancelled', 'rejected')) OR net_cents > 0),
    CHECK (tax_rate > 0 OR tax_cents = 0),
    CHECK (state <> 'paid' OR payment_reference IS NOT NULL),
    CHECK ((held_by IS NULL) = (held_at IS NULL)),
    CHECK ((objected_at IS NULL) = (objection_reason IS NULL)),
    CHECK ((blocked_code IS NULL) = (blocked_params IS NULL)),
    CONSTRAINT what_is_booked_has_books CHECK (books <> 'none' OR document_stage <> 'booked') NOT VALID,
    CONSTRAINT what_is_paid_has_its_day CHECK (state <> 'paid' OR paid_on IS NOT NULL),
    CONSTRAINT who_puts_back_says_why CHECK (held_by IS NULL OR held_reason IS NOT NULL)
);
COMMENT ON TABLE payouts IS 'What a partner is to get in one tax case: lines, sums, approval, document and payment.';
CREATE INDEX payouts_by_amount ON payouts (tenant_id, gross_cents, seq);
CREATE INDEX payouts_by_change ON payouts (tenant_id, updated_at) INCLUDE (id, gross_cents);
CREATE INDEX payouts_by_end_of_number ON payouts (tenant_id, number_backwards);
CREATE INDEX payouts_by_hand_of_a_month ON payouts (tenant_id, period_to) WHERE run_id IS NULL;
CREATE INDEX payouts_by_number ON payouts (tenant_id, number_sought);
CREATE INDEX payouts_by_time ON payouts (tenant_id, created_at, seq);
CREATE INDEX payouts_changed ON payouts (tenant_id, changed_at);
CREATE INDEX payouts_held_or_blocked ON payouts (tenant_id, state)
    WHERE open_holds IS NOT NULL OR blocked_code IS NOT NULL;
CREATE INDEX payouts_of_a_partner ON payouts (tenant_id, partner_id, state, created_at, seq) INCLUDE (gross_cents);
CREATE INDEX payouts_of_a_run ON payouts (tenant_id, run_id, seq) WHERE run_id IS NOT NULL;
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
ALTER TABLE payouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE payouts FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON payouts FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON payouts USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON payouts TO partnerdesk_app;
CREATE TRIGGER a_document_stands_until_its_storno
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (new.state = 'cancelled' AND old.state <> 'cancelled')
    EXECUTE FUNCTION a_document_stands_until_its_storno();
CREATE TRIGGER an_intent_holds_the_payout
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN ((old.state IN ('approved', 'outcome_unknown')) AND (new.state IN ('cancelled', 'awaiting_approval')))
    EXECUTE FUNCTION an_intent_holds_the_payout();
CREATE TRIGGER approval_has_its_decision
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (old.state = 'awaiting_approval' AND new.state = 'approved' AND CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION approval_has_its_decision();
CREATE TRIGGER attempts_end_with_their_payout
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (old.state = 'returned' AND new.state <> 'returned')
    EXECUTE FUNCTION attempts_end_with_their_payout();
CREATE TRIGGER end_or_open_hands
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (new.state IS DISTINCT FROM old.state AND (new.state IN ('paid', 'awaiting_approval', 'cancelled')))
    EXECUTE FUNCTION end_or_open_hands_of_payout();
CREATE TRIGGER exported_payouts_stay
    AFTER UPDATE ON payouts
    FOR EACH ROW
    WHEN (old.net_cents IS DISTINCT FROM new.net_cents OR old.tax_cents IS DISTINCT FROM new.tax_cents OR
    old.gross_cents IS DISTINCT FROM new.gross_cents OR old.partner_id IS DISTINCT FROM new.partner_id OR
    old.bank_details_id IS DISTINCT FROM new.bank_details_id OR old.number IS DISTINCT FROM new.number)
    EXECUTE FUNCTION exported_payouts_stay();
CREATE TRIGGER find_holds
    BEFORE INSERT ON payouts
    FOR EACH ROW
    WHEN (new.state IN ('awaiting_approval', 'approved'))
    EXECUTE FUNCTION find_holds_of_new_payout();
CREATE TRIGGER follow_the_arrows
    AFTER INSERT OR UPDATE OF state ON payouts
    FOR EACH ROW
    EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER hear_the_release_before
    AFTER UPDATE OF held_by ON payouts
    FOR EACH ROW
    WHEN (new.held_by IS DISTINCT FROM old.held_by)
    EXECUTE FUNCTION hear_the_release_before_of_payout();
CREATE TRIGGER hold_new_payout
    AFTER INSERT ON payouts
    FOR EACH ROW
    WHEN (new.open_holds IS NOT NULL)
    EXECUTE FUNCTION hold_new_payout();
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON payouts
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'people');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON payouts
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'people');
CREATE TRIGGER keep_the_block_in_both
    BEFORE UPDATE OF blocked_reason, blocked_code, blocked_params ON payouts
    FOR EACH ROW
    EXECUTE FUNCTION keep_the_block_in_both();
CREATE CONSTRAINT TRIGGER lines_add_up
    AFTER INSERT OR UPDATE OF net_cents, tax_cents, state ON payouts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION lines_add_up();
CREATE TRIGGER mail_about_new_payout
    AFTER INSERT ON payouts
    FOR EACH ROW
    WHEN (new.state = 'awaiting_approval' AND new.open_holds IS NULL)
    EXECUTE FUNCTION mail_about_approval();
CREATE TRIGGER mail_about_payout
    AFTER UPDATE OF state, open_holds ON payouts
    FOR EACH ROW
    WHEN (new.state = 'awaiting_approval' AND new.open_holds IS NULL AND (old.state <> 'awaiting_approval' OR
    old.open_holds IS NOT NULL))
    EXECUTE FUNCTION mail_about_approval();
CREATE TRIGGER note_change BEFORE UPDATE ON payouts FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_how_long_it_took
    BEFORE UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN (new.state = 'paid' AND old.state <> 'paid' AND new.waited_seconds IS NULL)
    EXECUTE FUNCTION note_how_long_it_took();
CREATE TRIGGER payout_goes_to_its_partner
    AFTER INSERT OR UPDATE OF bank_details_id, partner_id ON payouts
    FOR EACH ROW
    WHEN (new.bank_details_id IS NOT NULL)
    EXECUTE FUNCTION payout_goes_to_its_partner();
CREATE TRIGGER payouts_stay BEFORE DELETE ON payouts FOR EACH STATEMENT EXECUTE FUNCTION payouts_stay();
CREATE TRIGGER release_set_offs
    AFTER UPDATE OF state ON payouts
    FOR EACH ROW
    WHEN ((new.state IN ('cancelled', 'rejected')) AND new.set_off_cents > 0)
    EXECUTE FUNCTION release_set_offs();
CREATE TRIGGER tell_of_payout_fields
    AFTER UPDATE OF document_stage, transferred_on, objected_at ON payouts
    FOR EACH ROW
    EXECUTE FUNCTION tell_of_payout_fields();
CREATE TRIGGER tell_the_release_before
    BEFORE INSERT OR UPDATE OF open_holds ON payouts
    FOR EACH ROW
    EXECUTE FUNCTION tell_the_release_before_of_payout();

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
COMMENT ON TABLE plan_levels IS 'What a plan pays on one level.';
ALTER TABLE plan_levels ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_levels FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON plan_levels USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON plan_levels TO partnerdesk_app;
CREATE CONSTRAINT TRIGGER plan_fits_its_base
    AFTER INSERT OR UPDATE ON plan_levels DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION plan_fits_its_base();

CREATE TABLE plan_product_rates (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    plan_id     uuid NOT NULL,
    level       smallint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('product', 'category')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    percent     numeric(7,4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    PRIMARY KEY (tenant_id, plan_id, level, kind, name),
    FOREIGN KEY (tenant_id, plan_id, level) REFERENCES plan_levels
);
COMMENT ON TABLE plan_product_rates IS 'What a level pays for a product or a category in place of its own rate.';
ALTER TABLE plan_product_rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_product_rates FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON plan_product_rates
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON plan_product_rates TO partnerdesk_app;

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
COMMENT ON TABLE plan_tiers IS 'What a level pays instead from a monthly revenue on.';
ALTER TABLE plan_tiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_tiers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON plan_tiers USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON plan_tiers TO partnerdesk_app;
CREATE CONSTRAINT TRIGGER plan_fits_its_base
    AFTER INSERT OR UPDATE ON plan_tiers DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION plan_fits_its_base();

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
    max_payments              integer CHECK (max_payments > 0),
    cap_per_month_cents       bigint CHECK (cap_per_month_cents > 0),
    closes_monthly            boolean NOT NULL
        GENERATED ALWAYS AS (tier_mode IS NOT NULL OR cap_per_month_cents IS NOT NULL) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, campaign_id, valid_from),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    CONSTRAINT a_plan_has_a_version CHECK (version IS NOT NULL)
);
COMMENT ON TABLE plans IS 'A campaign''s rates from a date on: a version, never changed after it was saved.';
CREATE INDEX plans_to_close ON plans (tenant_id, id) WHERE closes_monthly;
CREATE UNIQUE INDEX versions_of_a_campaign ON plans (tenant_id, campaign_id, version);
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON plans USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON plans TO partnerdesk_app;
CREATE TRIGGER number_the_plan BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION number_the_plan();

CREATE TABLE posting_category_lists (
    tenant_id       uuid PRIMARY KEY REFERENCES tenants,
    organization_id uuid,
    categories      jsonb NOT NULL DEFAULT '[]',
    read_at         timestamptz,
    wanted_at       timestamptz
);
COMMENT ON TABLE posting_category_lists IS 'The posting categories of lexoffice as they were last read, to choose from.';
ALTER TABLE posting_category_lists ENABLE ROW LEVEL SECURITY;
ALTER TABLE posting_category_lists FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON posting_category_lists
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON posting_category_lists TO partnerdesk_app;

CREATE TABLE posting_category_mapping (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    posting_case    text NOT NULL
        CHECK (posting_case IN ('regular', 'untaxed', 'reverse_charge_eu', 'reverse_charge_third_country')),
    organization_id uuid NOT NULL,
    category_id     uuid NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    vanished_at     timestamptz,
    changed_by      text NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, posting_case)
);
COMMENT ON TABLE posting_category_mapping IS 'What vouchers of each case are booked to; an admin has chosen it.';
ALTER TABLE posting_category_mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE posting_category_mapping FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON posting_category_mapping
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON posting_category_mapping TO partnerdesk_app;

CREATE TABLE provider_connections (
    tenant_id                    uuid NOT NULL REFERENCES tenants,
    provider                     text NOT NULL REFERENCES providers,
    state                        text NOT NULL DEFAULT 'unconnected'
        CHECK (state IN ('unconnected', 'connected', 'broken')),
    state_reason                 text,
    secret_encrypted             bytea,
    secret_last4                 text,
    secret_saved_at              timestamptz,
    organization_id              uuid,
    connection_id                uuid,
    company_name                 text,
    tax_type                     text,
    small_business               boolean,
    profile                      jsonb,
    effective_from               date,
    requires_signature           boolean NOT NULL DEFAULT false,
    credit_note_notice_confirmed_by text,
    credit_note_notice_confirmed_at timestamptz,
    checked_at                   timestamptz,
    oauth_connected_at           timestamptz,
    oauth_connected_by           text,
    oauth_connection_id          uuid,
    oauth_scopes                 text,
    uses_oauth                   boolean NOT NULL DEFAULT false,
    has_credential               boolean NOT NULL
        GENERATED ALWAYS AS (secret_encrypted IS NOT NULL OR oauth_connected_at IS NOT NULL) STORED,
    state_reason_code            text,
    state_reason_params          jsonb,
    awaits_invoice               boolean NOT NULL DEFAULT false,
    takes_affiliate_sales        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, provider),
    CHECK ((secret_encrypted IS NULL) = (secret_last4 IS NULL)),
    CONSTRAINT what_is_used_was_granted CHECK (NOT uses_oauth OR oauth_connected_at IS NOT NULL)
);
COMMENT ON TABLE provider_connections IS 'A tenant''s connection to a provider: state, credential, and which organisation it is pinned to.';
CREATE UNIQUE INDEX an_organization_belongs_to_one_tenant ON provider_connections (provider, organization_id)
    WHERE organization_id IS NOT NULL;
ALTER TABLE provider_connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_connections FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON provider_connections FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON provider_connections
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON provider_connections TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON provider_connections
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON provider_connections
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER mail_about_connection
    AFTER UPDATE OF state ON provider_connections
    FOR EACH ROW
    WHEN (new.state = 'broken' AND old.state <> 'broken')
    EXECUTE FUNCTION mail_about_connection();
CREATE TRIGGER tell_of_connection
    AFTER UPDATE OF state ON provider_connections
    FOR EACH ROW
    WHEN ((old.state = 'broken') <> (new.state = 'broken') AND new.state <> 'unconnected')
    EXECUTE FUNCTION tell_of_connection();
CREATE TRIGGER want_sweep
    AFTER UPDATE ON provider_connections
    FOR EACH ROW
    WHEN (new.provider = 'lexoffice' AND new.has_credential AND NOT old.has_credential)
    EXECUTE FUNCTION want_schedule('sweep', 'tenant_id');

CREATE TABLE providers (
    name      text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{1,31}$'),
    is_books  boolean NOT NULL,
    is_source boolean NOT NULL
);
COMMENT ON TABLE providers IS 'Who keeps books, and who tells of sales.';
GRANT SELECT ON providers TO partnerdesk_app;
INSERT INTO providers (name, is_books, is_source) VALUES
    ('api', 'false', 'true'),
    ('copecart', 'false', 'true'),
    ('custom', 'false', 'true'),
    ('digistore24', 'false', 'true'),
    ('easybill', 'true', 'true'),
    ('lexoffice', 'true', 'true'),
    ('none', 'true', 'false'),
    ('stripe', 'false', 'true');

CREATE TABLE recovery_checks (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    word             text NOT NULL,
    checked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by       text NOT NULL,
    differences      integer NOT NULL CHECK (differences >= 0),
    accepted_because text,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE recovery_checks IS 'After a restore: the numbers were compared, by whom, and what differed.';
CREATE INDEX recovery_checks_tenant_id_checked_at_idx ON recovery_checks (tenant_id, checked_at);
ALTER TABLE recovery_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON recovery_checks
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON recovery_checks TO partnerdesk_app;

CREATE TABLE refunds (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    transaction_id uuid NOT NULL,
    kind           text NOT NULL
        CHECK (kind IN ('charge', 'refund_failed', 'dispute', 'credit_note', 'same_payment')),
    reference      text NOT NULL,
    document       text,
    cents          bigint NOT NULL CHECK (cents >= 0),
    of_cents       bigint,
    counts         boolean NOT NULL,
    is_open        boolean NOT NULL DEFAULT false,
    as_of          timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    source         text REFERENCES providers,
    is_apart       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, kind, reference),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions
);
COMMENT ON TABLE refunds IS 'What was said about money that went back, the newest word of each source.';
CREATE INDEX refunds_tenant_id_transaction_id_idx ON refunds (tenant_id, transaction_id);
ALTER TABLE refunds ENABLE ROW LEVEL SECURITY;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON refunds USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON refunds TO partnerdesk_app;

CREATE TABLE retention_days (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    days       integer NOT NULL CHECK (days BETWEEN 1 AND 36500),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind)
);
COMMENT ON TABLE retention_days IS 'How many days a tenant keeps a kind of record, where it is not the default.';
ALTER TABLE retention_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_days FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON retention_days FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON retention_days
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON retention_days TO partnerdesk_app;

CREATE TABLE running_workers (
    name       text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    reads      smallint NOT NULL CHECK (reads > 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE running_workers IS 'A worker process, which formulas of approvals it reads, and when it last said that it runs.';
GRANT SELECT ON running_workers TO partnerdesk_app;

CREATE TABLE sale_holds (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    transaction_id uuid NOT NULL,
    code           text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,62}$'),
    params         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
    since          timestamptz NOT NULL DEFAULT now(),
    set_by         text NOT NULL DEFAULT who_acts(),
    released_at    timestamptz,
    released_by    text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE sale_holds IS 'What holds a sale: a code with parameters, since when, by whom, and until when it did.';
CREATE UNIQUE INDEX a_sale_is_held_once_for_a_reason ON sale_holds (tenant_id, transaction_id, code)
    WHERE released_at IS NULL;
CREATE INDEX sale_holds_tenant_id_transaction_id_since_idx ON sale_holds (tenant_id, transaction_id, since);
ALTER TABLE sale_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE sale_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sale_holds USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON sale_holds TO partnerdesk_app;
GRANT UPDATE (released_at, released_by) ON sale_holds TO partnerdesk_app;
CREATE TRIGGER show_holds
    AFTER INSERT OR UPDATE OF released_at ON sale_holds
    FOR EACH ROW
    EXECUTE FUNCTION show_holds_of_sale();

CREATE TABLE sale_lines (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind      text NOT NULL,
    reference text NOT NULL,
    position  integer NOT NULL CHECK ("position" > 0),
    products  text[] NOT NULL DEFAULT '{}',
    category  text CHECK (length(category) BETWEEN 1 AND 200),
    units     bigint NOT NULL CHECK (units >= 0),
    PRIMARY KEY (tenant_id, kind, reference, "position"),
    FOREIGN KEY (tenant_id, kind, reference) REFERENCES sale_references
);
COMMENT ON TABLE sale_lines IS 'What a sale consists of, under the reference whose own report says so.';
ALTER TABLE sale_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE sale_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sale_lines USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON sale_lines TO partnerdesk_app;

CREATE TABLE sale_references (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    kind           text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{1,31}$'),
    reference      text NOT NULL CHECK (length(reference) BETWEEN 1 AND 300),
    transaction_id uuid NOT NULL,
    currency       text CHECK (currency ~ '^[A-Z]{3}$'),
    paid_units     bigint CHECK (paid_units >= 0),
    tax_units      bigint,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, reference),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK (tax_units BETWEEN 0 AND paid_units),
    CHECK ((currency IS NULL) = (paid_units IS NULL)),
    CHECK (tax_units IS NULL OR paid_units IS NOT NULL)
);
COMMENT ON TABLE sale_references IS 'What provider, shop, invoice and we call a sale; any of them finds it. With what was paid, as its own report tells it.';
CREATE INDEX sale_references_tenant_id_reference_idx ON sale_references (tenant_id, reference);
CREATE INDEX sale_references_tenant_id_transaction_id_idx ON sale_references (tenant_id, transaction_id);
ALTER TABLE sale_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE sale_references FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sale_references
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON sale_references TO partnerdesk_app;

CREATE TABLE schedules_wanted (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind      text NOT NULL CHECK (kind IN ('sweep', 'payout_run')),
    wanted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, kind)
);
COMMENT ON TABLE schedules_wanted IS 'A schedule of the engine that is still to be set as the ledger says.';
CREATE INDEX schedules_to_set ON schedules_wanted (wanted_at);
ALTER TABLE schedules_wanted ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedules_wanted FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON schedules_wanted FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON schedules_wanted
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON schedules_wanted TO partnerdesk_app;

CREATE TABLE seat_decisions (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id    uuid NOT NULL,
    country_code  text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    vat_id        text NOT NULL,
    rendered_from text NOT NULL CHECK (rendered_from ~ '^[A-Z]{2}$'),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    decided_by    text NOT NULL,
    decided_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
COMMENT ON TABLE seat_decisions IS 'From where a partner renders its services, where seat and VAT number disagree and a person said so.';
CREATE INDEX seat_decisions_tenant_id_partner_id_decided_at_idx ON seat_decisions (tenant_id, partner_id, decided_at);
ALTER TABLE seat_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE seat_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON seat_decisions
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON seat_decisions TO partnerdesk_app;

CREATE TABLE seen_credit_notes (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    resource_id uuid NOT NULL,
    status      text NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     integer,
    PRIMARY KEY (tenant_id, resource_id)
);
COMMENT ON TABLE seen_credit_notes IS 'Credit notes that pay nobody, as they were last fetched, so that a list need not fetch them again.';
ALTER TABLE seen_credit_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE seen_credit_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON seen_credit_notes
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON seen_credit_notes TO partnerdesk_app;

CREATE TABLE sentences_before_codes (
    position integer GENERATED ALWAYS AS IDENTITY,
    sentence text PRIMARY KEY,
    code     text NOT NULL,
    pattern  text,
    places   text[],
    CHECK ((pattern IS NULL) = (places IS NULL))
);
COMMENT ON TABLE sentences_before_codes IS 'German sentences that rows held before reasons were codes, for one release that still writes them.';
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

CREATE TABLE sessions (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hmac          bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    user_id             uuid NOT NULL REFERENCES users,
    tenant_id           uuid REFERENCES tenants,
    created_at          timestamptz NOT NULL DEFAULT now(),
    last_seen_at        timestamptz NOT NULL DEFAULT now(),
    expires_at          timestamptz NOT NULL,
    second_factor_at    timestamptz,
    held_form_encrypted bytea,
    held_form_hmac      bytea CHECK (length(held_form_hmac) = 32),
    held_form_until     timestamptz,
    CONSTRAINT a_form_is_held_whole CHECK (num_nulls(held_form_encrypted, held_form_hmac, held_form_until) IN (0, 3)),
    CHECK (expires_at <= (created_at + '1 day'::interval))
);
COMMENT ON TABLE sessions IS 'Somebody is logged in, and has entered this tenant.';
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON sessions TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON sessions USING (user_id = current_person()) WITH CHECK (user_id = current_person());
GRANT DELETE, INSERT, SELECT, UPDATE ON sessions TO partnerdesk_app;

CREATE TABLE set_offs (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    payout_id    uuid NOT NULL,
    claim_id     uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    made_at      timestamptz NOT NULL DEFAULT now(),
    released_at  timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
COMMENT ON TABLE set_offs IS 'What of a payout is not transferred, but set off against a claim on the same partner.';
CREATE UNIQUE INDEX one_set_off_of_a_claim_in_a_payout ON set_offs (tenant_id, payout_id, claim_id)
    WHERE released_at IS NULL;
CREATE INDEX set_offs_of_a_claim ON set_offs (tenant_id, claim_id, seq);
ALTER TABLE set_offs ENABLE ROW LEVEL SECURITY;
ALTER TABLE set_offs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON set_offs USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON set_offs TO partnerdesk_app;
CREATE TRIGGER set_offs_add_up
    AFTER INSERT OR UPDATE OF released_at ON set_offs
    FOR EACH ROW
    EXECUTE FUNCTION set_offs_add_up();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON set_offs
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'claim_id', 'amount_cents', 'made_at');

CREATE TABLE state_arrows (
    subject    text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (subject, from_state, to_state)
);
COMMENT ON TABLE state_arrows IS 'Which state may follow which: the arrows of transactions, commissions, payouts and runs.';
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
    ('payouts', 'outcome_unknown', 'approved'),
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
    cause      text,
    PRIMARY KEY (tenant_id, seq)
);
COMMENT ON TABLE state_changes IS 'Every change of a state, when it was and what caused it.';
CREATE INDEX state_changes_by_time ON state_changes (tenant_id, subject, changed_at) INCLUDE (to_state, subject_id);
CREATE INDEX state_changes_tenant_id_subject_id_seq_idx ON state_changes (tenant_id, subject_id, seq);
ALTER TABLE state_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE state_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON state_changes FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON state_changes
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON state_changes TO partnerdesk_app;
CREATE TRIGGER tell_of_state
    AFTER INSERT ON state_changes
    FOR EACH ROW
    WHEN (new.subject IN ('payouts', 'commissions', 'transactions', 'bank_runs'))
    EXECUTE FUNCTION tell_of_state();

CREATE TABLE statement_files (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    seq               bigint GENERATED ALWAYS AS IDENTITY,
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    format            text NOT NULL CHECK (length(format) BETWEEN 1 AND 40),
    size_bytes        integer NOT NULL CHECK (size_bytes > 0),
    content_encrypted bytea NOT NULL,
    brought_by        text NOT NULL,
    brought_how       text NOT NULL CHECK (brought_how IN ('page', 'api', 'command', 'folder')),
    brought_at        timestamptz NOT NULL DEFAULT now(),
    matched_at        timestamptz,
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, sha256)
);
COMMENT ON TABLE statement_files IS 'A file of the bank, kept whole: who brought it, and whether it is compared with the payouts.';
CREATE INDEX statement_files_newest ON statement_files (tenant_id, seq DESC);
CREATE INDEX statement_files_to_match ON statement_files (brought_at) WHERE matched_at IS NULL;
ALTER TABLE statement_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE statement_files FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON statement_files FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON statement_files
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON statement_files TO partnerdesk_app;
CREATE TRIGGER note_change BEFORE UPDATE ON statement_files FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON statement_files
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'sha256', 'format', 'size_bytes', 'brought_by', 'brought_how',
    'brought_at');

CREATE TABLE sweep_states (
    tenant_id                uuid NOT NULL REFERENCES tenants,
    provider                 text NOT NULL DEFAULT 'lexoffice',
    swept_until              timestamptz,
    finished_at              timestamptz,
    found                    integer NOT NULL DEFAULT 0,
    open_swept_at            timestamptz,
    subscriptions_state      text NOT NULL DEFAULT 'unknown'
        CHECK (subscriptions_state IN ('unknown', 'healthy', 'failing')),
    subscriptions_reason     text,
    subscriptions_checked_at timestamptz,
    subscriptions_wanted_at  timestamptz,
    subscriptions_code       text,
    subscriptions_params     jsonb,
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
COMMENT ON TABLE sweep_states IS 'How far the last sweep of a tenant came, and whether notifications reach us.';
ALTER TABLE sweep_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE sweep_states FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON sweep_states FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON sweep_states
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON sweep_states TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF subscriptions_reason, subscriptions_code, subscriptions_params ON sweep_states
    FOR EACH ROW
    WHEN (new.subscriptions_reason IS DISTINCT FROM old.subscriptions_reason OR new.subscriptions_code IS DISTINCT
    FROM old.subscriptions_code OR new.subscriptions_params IS DISTINCT FROM old.subscriptions_params)
    EXECUTE FUNCTION keep_code_and_sentence('subscriptions_reason', 'subscriptions_code', 'subscriptions_params',
    'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON sweep_states
    FOR EACH ROW
    WHEN (new.subscriptions_reason IS NOT NULL OR new.subscriptions_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('subscriptions_reason', 'subscriptions_code', 'subscriptions_params',
    'ours');

CREATE TABLE tasks (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    kind          text NOT NULL,
    subject       text NOT NULL,
    subject_id    text NOT NULL,
    reason        text NOT NULL,
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
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
COMMENT ON TABLE tasks IS 'What waits for a person: its kind, what it is about, why, and which answers there are.';
CREATE UNIQUE INDEX a_task_is_asked_once ON tasks (tenant_id, kind, subject, subject_id) WHERE state = 'open';
CREATE INDEX tasks_about ON tasks (tenant_id, subject, subject_id, seq);
CREATE INDEX tasks_changed ON tasks (tenant_id, changed_at);
CREATE INDEX tasks_tenant_id_state_seq_idx ON tasks (tenant_id, state, seq);
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON tasks FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON tasks USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON tasks TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF reason, reason_code, reason_params ON tasks
    FOR EACH ROW
    WHEN (new.reason IS DISTINCT FROM old.reason OR new.reason_code IS DISTINCT FROM old.reason_code OR
    new.reason_params IS DISTINCT FROM old.reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON tasks
    FOR EACH ROW
    WHEN (new.reason IS NOT NULL OR new.reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('reason', 'reason_code', 'reason_params', 'ours');
CREATE TRIGGER mail_about_task
    AFTER INSERT ON tasks
    FOR EACH ROW
    WHEN (new.state = 'open' AND new.kind <> 'connection_broken')
    EXECUTE FUNCTION mail_about_task();
CREATE TRIGGER note_change BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER tell_of_new_task AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION tell_of_task();
CREATE TRIGGER tell_of_task
    AFTER UPDATE OF state ON tasks
    FOR EACH ROW
    WHEN (old.state IS DISTINCT FROM new.state)
    EXECUTE FUNCTION tell_of_task();

CREATE TABLE tax_options (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    books        text NOT NULL REFERENCES providers,
    tax_case     text NOT NULL CHECK (tax_case IN ('regular', 'small_business', 'private')),
    option       text NOT NULL CHECK (option ~ '^[A-Za-z0-9]{1,40}$'),
    confirmed_by text NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, books, tax_case)
);
COMMENT ON TABLE tax_options IS 'What a document of a tax case is called in books that ask for a word, as an admin confirmed it.';
ALTER TABLE tax_options ENABLE ROW LEVEL SECURITY;
ALTER TABLE tax_options FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tax_options USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON tax_options TO partnerdesk_app;

CREATE TABLE tenant_bank_accounts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    account_holder  text NOT NULL CHECK (length(account_holder) BETWEEN 1 AND 70),
    iban_encrypted  bytea NOT NULL,
    iban_hmac       bytea NOT NULL CHECK (length(iban_hmac) = 32),
    iban_last4      text NOT NULL,
    bic             text NOT NULL,
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
    cut_off         time without time zone,
    takes_instant   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT own_account_confirmed_by_a_second_person CHECK (confirmed_by <> recorded_by OR confirmed_alone),
    CONSTRAINT own_account_in_use_was_confirmed CHECK (state <> 'active' OR confirmed_by IS NOT NULL),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((state IN ('refused', 'retired')) = (ended_at IS NOT NULL))
);
COMMENT ON TABLE tenant_bank_accounts IS 'An account that the tenant pays from.';
CREATE UNIQUE INDEX one_row_per_own_iban_and_state ON tenant_bank_accounts (tenant_id, iban_hmac, state)
    WHERE state IN ('pending', 'active');
ALTER TABLE tenant_bank_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_bank_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenant_bank_accounts
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON tenant_bank_accounts TO partnerdesk_app;
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF ended_reason, ended_code, ended_params ON tenant_bank_accounts
    FOR EACH ROW
    WHEN (new.ended_reason IS DISTINCT FROM old.ended_reason OR new.ended_code IS DISTINCT FROM old.ended_code OR
    new.ended_params IS DISTINCT FROM old.ended_params)
    EXECUTE FUNCTION keep_code_and_sentence('ended_reason', 'ended_code', 'ended_params', 'people');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON tenant_bank_accounts
    FOR EACH ROW
    WHEN (new.ended_reason IS NOT NULL OR new.ended_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('ended_reason', 'ended_code', 'ended_params', 'people');
CREATE TRIGGER stay_as_written
    BEFORE UPDATE ON tenant_bank_accounts
    FOR EACH ROW
    WHEN (CURRENT_USER = 'partnerdesk_app'::name)
    EXECUTE FUNCTION stay_as_written('id', 'account_holder', 'iban_hmac', 'iban_last4', 'bic', 'recorded_by',
    'recorded_at');

CREATE TABLE tenants (
    id                     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug                   text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name                   text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    street                 text,
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
    single_approver        boolean NOT NULL DEFAULT false,
    bank_quarantine        interval NOT NULL DEFAULT '7 days'
        CHECK (bank_quarantine BETWEEN '00:00:00'::interval AND '90 days'::interval),
    hold_days              integer NOT NULL DEFAULT 0 CHECK (hold_days BETWEEN 0 AND 365),
    clawback_limit_percent integer NOT NULL DEFAULT 100 CHECK (clawback_limit_percent BETWEEN 1 AND 100),
    clawback_limit_cents   bigint CHECK (clawback_limit_cents > 0),
    agreement_version      text CHECK (length(agreement_version) BETWEEN 1 AND 100),
    payout_run_day         smallint CHECK (payout_run_day BETWEEN 1 AND 28),
    payout_run_hour        smallint NOT NULL DEFAULT 6 CHECK (payout_run_hour BETWEEN 0 AND 23),
    without_bank_details   text NOT NULL DEFAULT 'hold' CHECK (without_bank_details IN ('hold', 'by_hand')),
    books                  text NOT NULL DEFAULT 'lexoffice' REFERENCES providers,
    small_business         boolean,
    own_document_profile   text NOT NULL DEFAULT 'en16931' CHECK (own_document_profile IN ('en16931', 'xrechnung')),
    buyer_reference        text CHECK (length(buyer_reference) BETWEEN 1 AND 100),
    reversal_code          text NOT NULL DEFAULT '389' CHECK (reversal_code IN ('389', '261')),
    business_id            text CHECK (business_id ~ '^DE[0-9]{9}-[0-9]{5}$'),
    vat_proof_days         integer NOT NULL DEFAULT 30 CHECK (vat_proof_days BETWEEN 1 AND 90),
    paid_by                text NOT NULL DEFAULT 'lexoffice' CHECK (paid_by IN ('lexoffice', 'bank', 'both')),
    set_off_claims         boolean NOT NULL DEFAULT false,
    commercial_agents      boolean NOT NULL DEFAULT true,
    FOREIGN KEY (id, default_campaign_id) REFERENCES campaigns,
    CONSTRAINT xrechnung_has_a_buyer_reference
        CHECK (own_document_profile <> 'xrechnung' OR buyer_reference IS NOT NULL)
);
COMMENT ON TABLE tenants IS 'A firm that pays partners: its address for documents, and the rules that its admins set.';
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON tenants FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON tenants USING (id = current_tenant()) WITH CHECK (id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON tenants TO partnerdesk_app;
CREATE TRIGGER want_payout_run
    AFTER UPDATE OF payout_run_day, payout_run_hour ON tenants
    FOR EACH ROW
    WHEN (old.payout_run_day IS DISTINCT FROM new.payout_run_day OR old.payout_run_hour IS DISTINCT FROM
    new.payout_run_hour)
    EXECUTE FUNCTION want_schedule('payout_run', 'id');
CREATE TRIGGER want_sweep_without_books
    AFTER UPDATE OF books ON tenants
    FOR EACH ROW
    WHEN (new.books <> 'lexoffice' AND new.books <> old.books)
    EXECUTE FUNCTION want_schedule('sweep', 'id');

CREATE TABLE thirteen_b_confirmations (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    organization_id uuid NOT NULL,
    posting_case    text NOT NULL CHECK (posting_case IN ('reverse_charge_eu', 'reverse_charge_third_country')),
    category_id     uuid NOT NULL,
    voucher_number  text NOT NULL CHECK (length(voucher_number) BETWEEN 1 AND 100),
    shown           text NOT NULL CHECK (length(shown) BETWEEN 1 AND 500),
    confirmed_by    text NOT NULL,
    confirmed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, organization_id, posting_case)
);
COMMENT ON TABLE thirteen_b_confirmations IS 'That an admin has seen what the Voranmeldung shows of a § 13b voucher.';
ALTER TABLE thirteen_b_confirmations ENABLE ROW LEVEL SECURITY;
ALTER TABLE thirteen_b_confirmations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON thirteen_b_confirmations
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON thirteen_b_confirmations TO partnerdesk_app;

CREATE TABLE transactions (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    source              text NOT NULL REFERENCES providers,
    state               text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'refunded')),
    payment_intent      text,
    checkout_session    text,
    order_reference     text,
    customer_id         uuid,
    customer_contact_id uuid,
    customer_email      text,
    partner_id          uuid,
    campaign_id         uuid,
    plan_id             uuid,
    currency            text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    base_cents          bigint NOT NULL CHECK (base_cents >= 0),
    tax_cents           bigint NOT NULL DEFAULT 0,
    gross_cents         bigint NOT NULL CHECK (gross_cents >= 0),
    provisional         boolean NOT NULL,
    paid_cents          bigint NOT NULL DEFAULT 0 CHECK (paid_cents >= 0),
    refunded_cents      bigint NOT NULL DEFAULT 0,
    sold_at             timestamptz NOT NULL,
    paid_at             timestamptz,
    address             jsonb,
    line_items          jsonb,
    state_reason        text,
    held_reason         text,
    blocked_reason      text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    subscription        text CHECK (length(subscription) BETWEEN 1 AND 255),
    payment_number      integer CHECK (payment_number > 0),
    invoice_state       text CHECK (invoice_state IN ('pending', 'approved', 'refunded')),
    credited_cents      bigint NOT NULL DEFAULT 0 CHECK (credited_cents >= 0),
    refund_cause        text,
    refund_document     text,
    replacement_until   timestamptz,
    provider_invoice    text CHECK (length(provider_invoice) BETWEEN 1 AND 255),
    written_off_cents   bigint NOT NULL DEFAULT 0 CHECK (written_off_cents >= 0),
    open_holds          text[],
    state_reason_code   text,
    state_reason_params jsonb,
    partner_by          text CHECK (partner_by IN ('name', 'person', 'subscription', 'customer')),
    original_currency   text CHECK (original_currency ~ '^[A-Z]{3}$'),
    original_amount     numeric(20,3),
    exchange_rate       numeric(20,8) CHECK (exchange_rate > 0),
    rate_day            date,
    rate_source         text,
    changed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    import_id           uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT transactions_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES imports,
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    CHECK (refunded_cents BETWEEN 0 AND gross_cents)
);
COMMENT ON TABLE transactions IS 'A sale: its references, amounts, partner and customer, and what keeps its commissions.';
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
CREATE INDEX sales_of_nobody ON transactions (tenant_id, customer_id)
    WHERE partner_id IS NULL AND customer_id IS NOT NULL;
CREATE INDEX sales_that_stand_still ON transactions (tenant_id, state)
    WHERE held_reason IS NOT NULL OR blocked_reason IS NOT NULL;
CREATE INDEX transactions_changed ON transactions (tenant_id, changed_at);
CREATE INDEX transactions_tenant_id_partner_id_seq_idx ON transactions (tenant_id, partner_id, seq);
CREATE INDEX transactions_tenant_id_seq_idx ON transactions (tenant_id, seq);
CREATE INDEX transactions_tenant_id_sold_at_idx ON transactions (tenant_id, sold_at) WHERE state = 'pending';
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE transactions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON transactions
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON transactions TO partnerdesk_app;
CREATE TRIGGER follow_the_arrows
    AFTER INSERT OR UPDATE OF state ON transactions
    FOR EACH ROW
    EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER hear_the_release_before
    AFTER UPDATE OF held_reason, blocked_reason ON transactions
    FOR EACH ROW
    WHEN (new.held_reason IS DISTINCT FROM old.held_reason OR new.blocked_reason IS DISTINCT FROM old.blocked_reason)
    EXECUTE FUNCTION hear_the_release_before_of_sale();
CREATE TRIGGER keep_code_and_sentence
    BEFORE UPDATE OF state_reason, state_reason_code, state_reason_params ON transactions
    FOR EACH ROW
    WHEN (new.state_reason IS DISTINCT FROM old.state_reason OR new.state_reason_code IS DISTINCT FROM
    old.state_reason_code OR new.state_reason_params IS DISTINCT FROM old.state_reason_params)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER keep_code_and_sentence_when_new
    BEFORE INSERT ON transactions
    FOR EACH ROW
    WHEN (new.state_reason IS NOT NULL OR new.state_reason_code IS NOT NULL)
    EXECUTE FUNCTION keep_code_and_sentence('state_reason', 'state_reason_code', 'state_reason_params', 'ours');
CREATE TRIGGER keep_references
    AFTER INSERT OR UPDATE OF payment_intent, checkout_session, provider_invoice, order_reference ON transactions
    FOR EACH ROW
    EXECUTE FUNCTION keep_references();
CREATE TRIGGER note_change BEFORE UPDATE ON transactions FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER tell_of_refund
    AFTER UPDATE OF refunded_cents ON transactions
    FOR EACH ROW
    WHEN (new.refunded_cents > old.refunded_cents AND new.state <> 'refunded')
    EXECUTE FUNCTION tell_of_refund();
CREATE TRIGGER tell_the_release_before
    BEFORE UPDATE OF open_holds ON transactions
    FOR EACH ROW
    EXECUTE FUNCTION tell_the_release_before_of_sale();

CREATE TABLE turnover_answers (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    year        integer NOT NULL CHECK (year BETWEEN 2020 AND 2200),
    above_limit boolean NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, year)
);
COMMENT ON TABLE turnover_answers IS 'Whether the tenant''s turnover of a year was above the limit of § 27 Abs. 38 UStG.';
ALTER TABLE turnover_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE turnover_answers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON turnover_answers
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON turnover_answers TO partnerdesk_app;

CREATE TABLE user_secrets (
    user_id               uuid PRIMARY KEY REFERENCES users,
    password_hash         text CHECK (password_hash ~~ '$argon2id$%'),
    password_changed_at   timestamptz,
    totp_secret_encrypted bytea,
    totp_confirmed_at     timestamptz,
    totp_last_step        bigint NOT NULL DEFAULT 0,
    CHECK (totp_confirmed_at IS NULL OR totp_secret_encrypted IS NOT NULL)
);
COMMENT ON TABLE user_secrets IS 'What proves who a person is: password and second factor.';
ALTER TABLE user_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON user_secrets TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON user_secrets USING (user_id = current_person()) WITH CHECK (user_id = current_person());
GRANT INSERT, SELECT, UPDATE ON user_secrets TO partnerdesk_app;
CREATE TRIGGER end_sessions
    AFTER UPDATE ON user_secrets
    FOR EACH ROW
    WHEN (old.password_changed_at IS DISTINCT FROM new.password_changed_at OR old.totp_confirmed_at IS NOT NULL AND
    new.totp_confirmed_at IS NULL)
    EXECUTE FUNCTION end_sessions_of_person();
CREATE TRIGGER mail_about_secrets
    AFTER UPDATE OF password_changed_at, totp_confirmed_at ON user_secrets
    FOR EACH ROW
    EXECUTE FUNCTION mail_about_secrets();

CREATE TABLE users (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email          text NOT NULL UNIQUE
        CHECK (email = lower(email) AND length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
    name           text CHECK (length(name) BETWEEN 1 AND 200),
    platform_admin boolean NOT NULL DEFAULT false,
    disabled_at    timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    language       text CHECK (language IN ('de', 'en'))
);
COMMENT ON TABLE users IS 'A person, in however many tenants.';
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY colleagues ON users FOR SELECT
    USING ((EXISTS (SELECT 1 FROM memberships m
    WHERE m.tenant_id = current_tenant() AND m.user_id = users.id)));
CREATE POLICY functions ON users TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own_person ON users USING (id = current_person()) WITH CHECK (id = current_person());
GRANT SELECT ON users TO partnerdesk_app;
GRANT UPDATE (name, platform_admin, disabled_at, language) ON users TO partnerdesk_app;
CREATE TRIGGER end_sessions
    AFTER UPDATE ON users
    FOR EACH ROW
    WHEN (old.disabled_at IS DISTINCT FROM new.disabled_at OR old.platform_admin IS DISTINCT FROM new.platform_admin)
    EXECUTE FUNCTION end_sessions_of_person();

CREATE TABLE vat_checks (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    partner_id   uuid NOT NULL,
    vat_id       text NOT NULL,
    asked_by     text NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    announced_at timestamptz,
    tries        integer NOT NULL DEFAULT 0,
    failure      text CHECK (length(failure) BETWEEN 1 AND 60),
    failed_at    timestamptz,
    answer       text CHECK (answer IN ('valid', 'invalid', 'refused', 'unanswered')),
    answered_at  timestamptz,
    requester    text,
    request_id   text CHECK (length(request_id) BETWEEN 1 AND 60),
    request_date date,
    asked        jsonb,
    told         jsonb,
    recorded_by  text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((failure IS NULL) = (failed_at IS NULL)),
    CHECK (answer IS NOT NULL OR request_id IS NULL AND told IS NULL)
);
COMMENT ON TABLE vat_checks IS 'Questions to VIES about a partner''s VAT id, and the answers: the proof of § 13b UStG.';
CREATE UNIQUE INDEX one_open_question_about_a_vat_id ON vat_checks (tenant_id, partner_id, vat_id)
    WHERE answer IS NULL;
CREATE INDEX vat_checks_tenant_id_partner_id_seq_idx ON vat_checks (tenant_id, partner_id, seq DESC);
CREATE INDEX vat_checks_to_announce ON vat_checks (asked_at) WHERE answer IS NULL AND announced_at IS NULL;
ALTER TABLE vat_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE vat_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON vat_checks FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON vat_checks USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON vat_checks TO partnerdesk_app;
CREATE TRIGGER vat_check_stays BEFORE DELETE OR UPDATE ON vat_checks FOR EACH ROW EXECUTE FUNCTION vat_check_stays();

CREATE TABLE voucher_assignments (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id    uuid NOT NULL,
    assigned_to  text NOT NULL CHECK (length(assigned_to) BETWEEN 1 AND 200),
    said_by      text NOT NULL,
    said_at      timestamptz NOT NULL DEFAULT now(),
    withdrawn_by text,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CONSTRAINT who_withdraws_is_known CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
COMMENT ON TABLE voucher_assignments IS 'Who assigns a voucher in the books that is known as paid and still open there, as a person said.';
CREATE UNIQUE INDEX one_assignment_of_a_voucher ON voucher_assignments (tenant_id, payout_id)
    WHERE withdrawn_at IS NULL;
ALTER TABLE voucher_assignments ENABLE ROW LEVEL SECURITY;
ALTER TABLE voucher_assignments FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON voucher_assignments
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT ON voucher_assignments TO partnerdesk_app;
GRANT UPDATE (withdrawn_by, withdrawn_at) ON voucher_assignments TO partnerdesk_app;

CREATE TABLE webhook_endpoint_secrets (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    endpoint_id      uuid NOT NULL,
    secret_encrypted bytea NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints
);
COMMENT ON TABLE webhook_endpoint_secrets IS 'What an endpoint''s calls are signed with, encrypted; two while one takes the place of the other.';
CREATE INDEX secrets_of_an_endpoint ON webhook_endpoint_secrets (tenant_id, endpoint_id, seq);
ALTER TABLE webhook_endpoint_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_endpoint_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON webhook_endpoint_secrets
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_endpoint_secrets TO partnerdesk_app;

CREATE TABLE webhook_endpoints (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    url           text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    description   text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
    types         text[] NOT NULL DEFAULT '{}',
    state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'off', 'ended')),
    state_reason  text CHECK (state_reason IN ('by_hand', 'failing', 'gone', 'removed')),
    failures      integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since timestamptz,
    warned_at     timestamptz,
    rests_until   timestamptz,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT what_fails_has_a_beginning CHECK ((failures = 0) = (failing_since IS NULL)),
    CONSTRAINT what_is_not_active_says_why CHECK ((state = 'active') = (state_reason IS NULL))
);
COMMENT ON TABLE webhook_endpoints IS 'An address of a tenant that hears events out, and how it fares.';
ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_endpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON webhook_endpoints FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON webhook_endpoints
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON webhook_endpoints TO partnerdesk_app;
CREATE TRIGGER mail_about_endpoint
    AFTER UPDATE OF warned_at ON webhook_endpoints
    FOR EACH ROW
    WHEN (new.warned_at IS NOT NULL AND old.warned_at IS NULL)
    EXECUTE FUNCTION mail_about_endpoint();
CREATE TRIGGER note_change BEFORE UPDATE ON webhook_endpoints FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE TABLE webhook_tokens (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    provider   text NOT NULL,
    token_hmac bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    kind       text NOT NULL CHECK (kind IN ('chosen', 'subscription')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
COMMENT ON TABLE webhook_tokens IS 'The token in the address that a provider calls, as an HMAC.';
ALTER TABLE webhook_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY lookup ON webhook_tokens FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY own_tenant ON webhook_tokens
    USING (tenant_id = current_tenant())
    WITH
    CHECK (tenant_id = current_tenant());
GRANT INSERT, SELECT, UPDATE ON webhook_tokens TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.a_commission_begins_whole()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.earned_cents := COALESCE(NEW.earned_cents, NEW.net_cents);
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.a_document_stands_until_its_storno()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.a_manual_line_was_confirmed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM manual_lines
                WHERE tenant_id = NEW.tenant_id AND commission_id = NEW.id AND confirmed IS NOT TRUE) THEN
        RAISE EXCEPTION 'the line has not been confirmed' USING ERRCODE = 'PD001';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.absorb_sale(kept uuid, gone uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    was transactions;
BEGIN
    SELECT * INTO STRICT was FROM transactions WHERE tenant_id = current_tenant() AND id = gone FOR UPDATE;
    IF kept = gone OR EXISTS (
        SELECT 1 FROM commissions c WHERE c.tenant_id = current_tenant() AND c.transaction_id = gone
           AND (c.kind <> 'sale' OR c.state IN ('in_payout', 'paid')
                OR EXISTS (SELECT 1 FROM payout_lines l WHERE l.tenant_id = c.tenant_id AND l.commission_id = c.id)))
    THEN
        RAISE EXCEPTION 'commissions of this sale are settled' USING ERRCODE = 'PD004';
    END IF;
    UPDATE sale_references SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    INSERT INTO sale_references (tenant_id, kind, reference, transaction_id)
    VALUES (current_tenant(), 'sale', gone::text, kept)
    ON CONFLICT (tenant_id, kind, reference) DO NOTHING;  -- who told of money back may have named it by its id
    UPDATE refunds SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    UPDATE external_documents d
       SET transaction_id = kept,
           detached_at = CASE WHEN EXISTS (SELECT 1 FROM external_documents k
                                            WHERE k.tenant_id = d.tenant_id AND k.transaction_id = kept
                                              AND k.detached_at IS NULL) THEN COALESCE(d.detached_at, now())
                              ELSE d.detached_at END
     WHERE d.tenant_id = current_tenant() AND d.transaction_id = gone;
    UPDATE creation_intents SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    UPDATE hands SET subject_id = kept::text
     WHERE tenant_id = current_tenant() AND subject = 'transaction' AND subject_id = gone::text;
    UPDATE sale_holds h SET transaction_id = kept
     WHERE h.tenant_id = current_tenant() AND h.transaction_id = gone AND h.code <> 'invoice_voided'
       AND (h.released_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM sale_holds k WHERE k.tenant_id = h.tenant_id AND k.transaction_id = kept
                              AND k.code = h.code AND k.released_at IS NULL));
    DELETE FROM sale_holds WHERE tenant_id = current_tenant() AND transaction_id = gone;
    DELETE FROM commission_amounts_before b USING commissions c
     WHERE c.tenant_id = current_tenant() AND c.transaction_id = gone
       AND b.tenant_id = c.tenant_id AND b.commission_id = c.id;
    DELETE FROM commissions WHERE tenant_id = current_tenant() AND transaction_id = gone;
    DELETE FROM transactions WHERE tenant_id = current_tenant() AND id = gone;
    -- Its references are unique among the sales that are there.
    UPDATE transactions t
       SET payment_intent = COALESCE(t.payment_intent, was.payment_intent),
           checkout_session = COALESCE(t.checkout_session, was.checkout_session),
           provider_invoice = COALESCE(t.provider_invoice, was.provider_invoice),
           order_reference = COALESCE(t.order_reference, was.order_reference),
           subscription = COALESCE(t.subscription, was.subscription),
           customer_id = COALESCE(t.customer_id, was.customer_id),
           customer_contact_id = COALESCE(t.customer_contact_id, was.customer_contact_id),
           customer_email = COALESCE(t.customer_email, was.customer_email),
           sold_at = CASE WHEN t.partner_id IS NULL AND t.provisional THEN least(t.sold_at, was.sold_at)
                          ELSE t.sold_at END,
           open_holds = (SELECT array_agg(code ORDER BY since, code) FROM sale_holds h
                          WHERE h.tenant_id = t.tenant_id AND h.transaction_id = kept AND h.released_at IS NULL)
     WHERE t.tenant_id = current_tenant() AND t.id = kept;
END $function$;
REVOKE ALL ON FUNCTION absorb_sale(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION absorb_sale(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.add_user(with_email text, with_name text)
 RETURNS TABLE(id uuid, is_new boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
    made uuid;
BEGIN
    INSERT INTO users (email, name) VALUES (lower(with_email), with_name) ON CONFLICT (email) DO NOTHING
    RETURNING users.id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO user_secrets (user_id) VALUES (made);
        RETURN QUERY SELECT made, true;
    ELSE
        RETURN QUERY SELECT users.id, false FROM users WHERE email = lower(with_email);
    END IF;
END $function$;
REVOKE ALL ON FUNCTION add_user(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_user(text, text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.age_seconds(since timestamp with time zone)
 RETURNS double precision
 LANGUAGE sql
 STABLE
AS $function$ SELECT COALESCE(extract(epoch FROM clock_timestamp() - since), 0)::float8 $function$;

CREATE OR REPLACE FUNCTION public.allow_lookup(target regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO CURRENT_USER USING (true)', target);
END $function$;
REVOKE ALL ON FUNCTION allow_lookup(regclass) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.an_intent_holds_the_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.anybody_hears(of_tenant uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ SELECT EXISTS (SELECT FROM webhook_endpoints WHERE tenant_id = of_tenant AND state <> 'ended') $function$;

CREATE OR REPLACE FUNCTION public.approval_has_its_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- Of this transaction: an approval that became void is none for the next.
    IF NOT EXISTS (SELECT 1 FROM decisions
                    WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND kind = 'approve'
                      AND content_hash = NEW.content_hash AND decided_at = now()) THEN
        RAISE EXCEPTION 'payout % is approved by nobody', NEW.number USING ERRCODE = 'PD051';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.attempts_end_with_their_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE payment_attempts
       SET ended_by = 'ledger', ended_at = now(), ended_how = CASE NEW.state WHEN 'paid' THEN 'paid' ELSE 'cancelled' END
     WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.audit_link(entry audit_entries, number bigint, previous bytea)
 RETURNS bytea
 LANGUAGE sql
 STABLE
AS $function$
    SELECT sha256(previous || audit_part(entry.tenant_id::text) || audit_part(number::text)
                  || audit_part(entry.seq::text) || audit_part((extract(epoch FROM entry.at) * 1000000)::bigint::text)
                  || audit_part(entry.actor) || audit_part(entry.action) || audit_part(entry.subject)
                  || audit_part(entry.subject_id) || audit_part(entry.detail::text) || audit_part(entry.origin)
                  || audit_part(encode(entry.commitment, 'hex')))
    $function$;

CREATE OR REPLACE FUNCTION public.audit_part(part text)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ SELECT convert_to(octet_length(COALESCE(part, '')) || ':' || COALESCE(part, ''), 'UTF8') $function$;

CREATE OR REPLACE FUNCTION public.bank_file_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'the file of bank run % was made', OLD.number USING ERRCODE = 'PD020';
END $function$;

CREATE OR REPLACE FUNCTION public.bank_run_adds_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    run   bank_runs%ROWTYPE;
    lines record;
BEGIN
    SELECT * INTO run FROM bank_runs WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    IF run.state = 'cancelled' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS payments, COALESCE(sum(amount_cents), 0) AS total INTO lines
      FROM bank_run_lines l WHERE l.tenant_id = NEW.tenant_id AND l.run_id = NEW.id AND stood_in_file(l);
    IF (lines.payments, lines.total) IS DISTINCT FROM (run.payments::bigint, run.total_cents::numeric) THEN
        RAISE EXCEPTION 'the payments of run % do not add up', run.number USING ERRCODE = 'PD005';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.bank_run_lines_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- The name goes with the partner's data, once no duty keeps it (erase_partner_vouchers).
    IF TG_OP = 'UPDATE' AND NEW.creditor IS DISTINCT FROM OLD.creditor
       AND to_jsonb(NEW) - 'creditor' = to_jsonb(OLD) - 'creditor'
       AND EXISTS (SELECT 1 FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
                    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.erased_at IS NOT NULL
                      AND q.name = NEW.creditor) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.run_id, NEW.payout_id, NEW.bank_details_id, NEW.creditor, NEW.amount_cents,
                             NEW.end_to_end_id, NEW.remittance)
                            IS DISTINCT FROM
                            (OLD.run_id, OLD.payout_id, OLD.bank_details_id, OLD.creditor, OLD.amount_cents,
                             OLD.end_to_end_id, OLD.remittance) THEN
        RAISE EXCEPTION 'a payment of a bank run does not change' USING ERRCODE = 'PD020';
    END IF;
    -- Two persons have it transferred again, by another file.
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_code = 'transferred_again'
       AND EXISTS (SELECT FROM payment_attempts
                    WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND confirmed_at IS NOT NULL
                      AND ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    -- The bank rejected it, and a second person has confirmed that.
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_code = 'rejected_by_the_bank'
       AND EXISTS (SELECT FROM bank_rejections
                    WHERE tenant_id = NEW.tenant_id AND run_line_id = NEW.id AND confirmed_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- Lines come and go while the run is a draft; all of them are released with a run that is cancelled.
    IF NOT EXISTS (SELECT 1 FROM bank_runs
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.run_id
                      AND (state = 'draft' OR state = 'cancelled' AND TG_OP = 'UPDATE')) THEN
        RAISE EXCEPTION 'the payments of an approved bank run do not change' USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.claim_ends_when_settled()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.claim_follows_its_parts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM sum_up_claim(NEW.tenant_id, NEW.claim_id);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.clawbacks_stay_within_their_commission()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF (SELECT sum(c.net_cents) FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND (c.id = NEW.origin_id OR c.origin_id = NEW.origin_id)
           AND c.state <> 'reversed'
           AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.tenant_id = c.tenant_id AND r.reissued_of = c.id)) < 0
    THEN
        RAISE EXCEPTION 'more would be clawed back than was earned' USING ERRCODE = 'PD008';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.code_of_sentence(said text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION code_of_sentence(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code_of_sentence(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.count_api_request()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO api_usage AS u (tenant_id, provider, hour, requests)
    VALUES (NEW.tenant_id, NEW.provider, date_trunc('hour', clock_timestamp()), 1)
    ON CONFLICT (tenant_id, provider, hour) DO UPDATE SET requests = u.requests + 1;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.count_api_requests(in_minute bigint, of_keys text[], made integer[])
 RETURNS TABLE(key_id text, requests integer)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO api_key_minutes AS m (key_id, minute, requests)
    SELECT told.key, in_minute, told.count FROM unnest(of_keys, made) AS told (key, count) ORDER BY told.key
    ON CONFLICT ON CONSTRAINT api_key_minutes_pkey DO UPDATE SET
        requests = CASE WHEN m.minute = EXCLUDED.minute THEN m.requests + EXCLUDED.requests ELSE EXCLUDED.requests END,
        minute = EXCLUDED.minute
     WHERE m.minute <= EXCLUDED.minute
    RETURNING m.key_id, m.requests
    $function$;
REVOKE ALL ON FUNCTION count_api_requests(bigint, text[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_api_requests(bigint, text[], integer[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.count_login_attempt(of_subject bytea, span interval)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    INSERT INTO login_attempts AS l (subject) VALUES (of_subject)
    ON CONFLICT (subject) DO UPDATE SET
        attempts = CASE WHEN l.since < now() - span THEN 1 ELSE l.attempts + 1 END,
        since = CASE WHEN l.since < now() - span THEN now() ELSE l.since END
    RETURNING attempts
    $function$;
REVOKE ALL ON FUNCTION count_login_attempt(bytea, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_login_attempt(bytea, interval) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.current_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('app.person', true), '')::uuid $function$;

CREATE OR REPLACE FUNCTION public.current_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $function$;

CREATE OR REPLACE FUNCTION public.drop_months(of_table text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION drop_months(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_months(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.end_or_open_hands_of_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.end_sessions_in(for_tenant uuid, person uuid)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (DELETE FROM sessions WHERE user_id = person
                     AND EXISTS (SELECT 1 FROM memberships WHERE tenant_id = for_tenant AND user_id = person)
                     AND (tenant_id = for_tenant OR NOT is_at_home_elsewhere(for_tenant, person))
                  RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION end_sessions_in(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_sessions_in(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.end_sessions_of_member()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    PERFORM end_sessions_in(NEW.tenant_id, NEW.user_id);
    RETURN NULL;
END $function$;
REVOKE ALL ON FUNCTION end_sessions_of_member() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.end_sessions_of_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    DELETE FROM sessions WHERE user_id = CASE TG_TABLE_NAME WHEN 'users' THEN (to_jsonb(NEW)->>'id')::uuid
                                                            ELSE (to_jsonb(NEW)->>'user_id')::uuid END;
    RETURN NULL;
END $function$;
REVOKE ALL ON FUNCTION end_sessions_of_person() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.erase_audit_personal(seqs bigint[])
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (DELETE FROM audit_personal WHERE tenant_id = current_tenant() AND seq = ANY (seqs) RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION erase_audit_personal(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_audit_personal(bigint[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.erase_contact_snapshots(contact uuid)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (
        DELETE FROM document_snapshots
         WHERE tenant_id = current_tenant() AND resource = 'contact' AND resource_id = contact RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION erase_contact_snapshots(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_contact_snapshots(uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.erase_partner_rows(of_partner uuid, contact uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    addresses integer;
    links     integer;
    accounts  integer;
    snapshots integer;
BEGIN
    DELETE FROM partner_addresses_before WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    GET DIAGNOSTICS addresses = ROW_COUNT;
    DELETE FROM partner_links WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM partner_bank_details b
     WHERE b.tenant_id = current_tenant() AND b.partner_id = of_partner
       AND NOT EXISTS (SELECT FROM payouts p WHERE p.tenant_id = b.tenant_id AND p.bank_details_id = b.id)
       AND NOT EXISTS (SELECT FROM bank_run_lines l WHERE l.tenant_id = b.tenant_id AND l.bank_details_id = b.id)
       AND NOT EXISTS (SELECT FROM payment_attempts a WHERE a.tenant_id = b.tenant_id AND a.bank_details_id = b.id);
    GET DIAGNOSTICS accounts = ROW_COUNT;
    DELETE FROM document_snapshots
     WHERE tenant_id = current_tenant() AND resource = 'contact' AND resource_id = contact;
    GET DIAGNOSTICS snapshots = ROW_COUNT;
    -- What a mail server answered may name the address.
    UPDATE own_document_deliveries v SET bounce = NULL
      FROM own_documents d
     WHERE v.tenant_id = current_tenant() AND d.tenant_id = v.tenant_id AND d.id = v.document_id
       AND d.partner_id = of_partner AND v.bounce IS NOT NULL;
    RETURN jsonb_build_object('addresses', addresses, 'links', links, 'accounts', accounts, 'snapshots', snapshots);
END $function$;
REVOKE ALL ON FUNCTION erase_partner_rows(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_partner_rows(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.erase_partner_vouchers(of_partner uuid, gone text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    theirs uuid[] := ARRAY(SELECT id FROM payouts WHERE tenant_id = current_tenant() AND partner_id = of_partner);
BEGIN
    DELETE FROM credit_note_papers WHERE tenant_id = current_tenant() AND payout_id = ANY (theirs);
    DELETE FROM document_snapshots
     WHERE tenant_id = current_tenant() AND resource = 'credit-note'
       AND resource_id IN (SELECT d.resource_id FROM external_documents d
                            WHERE d.tenant_id = current_tenant() AND d.payout_id = ANY (theirs));
    UPDATE creation_intents SET content = '{}'
     WHERE tenant_id = current_tenant()
       AND (payout_id = ANY (theirs)
            OR own_document_id IN (SELECT id FROM own_documents
                                    WHERE tenant_id = current_tenant() AND partner_id = of_partner));
    UPDATE own_document_deliveries v SET note = NULL
      FROM own_documents d
     WHERE v.tenant_id = current_tenant() AND d.tenant_id = v.tenant_id AND d.id = v.document_id
       AND d.partner_id = of_partner;
    UPDATE own_documents
       SET content = '{}', xml = NULL, pdf = NULL, report = NULL, erased_at = now()
     WHERE tenant_id = current_tenant() AND partner_id = of_partner AND erased_at IS NULL;
    UPDATE bank_run_lines SET creditor = gone WHERE tenant_id = current_tenant() AND payout_id = ANY (theirs);
    DELETE FROM payee_checks c USING partner_bank_details b
     WHERE c.tenant_id = current_tenant() AND b.tenant_id = c.tenant_id AND b.id = c.bank_details_id
       AND b.partner_id = of_partner;
    UPDATE partner_bank_details
       SET account_holder = gone, iban_encrypted = '', iban_hmac = sha256(uuid_send(gen_random_uuid())),
           iban_last4 = 'XXXX', bic = NULL, state = 'superseded'
     WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    RETURN cardinality(theirs);
END $function$;
REVOKE ALL ON FUNCTION erase_partner_vouchers(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_partner_vouchers(uuid, text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.exported_payouts_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL
                  AND r.state IN ('exported', 'confirmed')) THEN
        RAISE EXCEPTION 'payout % is in a bank file', NEW.number USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.find_accounts_to_activate(at_most integer)
 RETURNS TABLE(tenant_id uuid, slug text, partner_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT b.tenant_id, t.slug, b.partner_id
      FROM partner_bank_details b JOIN tenants t ON t.id = b.tenant_id
     WHERE b.state = 'pending' AND b.confirmed_at IS NOT NULL AND b.usable_from <= now()
     ORDER BY b.usable_from LIMIT at_most
    $function$;
REVOKE ALL ON FUNCTION find_accounts_to_activate(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_accounts_to_activate(integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_api_key(wanted text)
 RETURNS TABLE(tenant_id uuid, slug text, secret_hmac bytea, scopes text[], name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT k.tenant_id, s.slug, k.secret_hmac,
           CASE WHEN k.created_by_user IS NULL THEN k.scopes
                ELSE ARRAY(SELECT unnest(k.scopes) INTERSECT SELECT unnest(scopes_of_role(m.role))) END,
           k.name
      FROM api_keys k
      JOIN tenants s ON s.id = k.tenant_id
      LEFT JOIN memberships m ON m.tenant_id = k.tenant_id AND m.user_id = k.created_by_user AND m.disabled_at IS NULL
      LEFT JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
     WHERE k.id = wanted AND k.revoked_at IS NULL AND k.expires_at > now()
       AND (k.created_by_user IS NULL OR u.id IS NOT NULL)
    $function$;
REVOKE ALL ON FUNCTION find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_due_endpoints(older_than interval)
 RETURNS TABLE(tenant_id uuid, slug text, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT e.tenant_id, t.slug, e.id FROM webhook_endpoints e JOIN tenants t ON t.id = e.tenant_id
     WHERE e.state = 'active' AND (e.rests_until IS NULL OR e.rests_until < now() - older_than)
       AND EXISTS (SELECT FROM event_deliveries d
                    WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'due'
                      AND d.next_at < now() - older_than
                      AND NOT EXISTS (SELECT FROM event_deliveries o
                                       WHERE o.tenant_id = d.tenant_id AND o.endpoint_id = d.endpoint_id AND o.state = 'due'
                                         AND o.subject = d.subject AND o.subject_id = d.subject_id AND o.seq < d.seq))
    $function$;
REVOKE ALL ON FUNCTION find_due_endpoints(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_due_endpoints(interval) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_holds_of_new_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.find_mails_to_send(older_than interval, bundle interval, at_most integer)
 RETURNS TABLE(tenant_id uuid, slug text, user_id uuid, id uuid, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT m.tenant_id, t.slug, m.user_id, m.id, m.kind FROM (
        SELECT DISTINCT ON (n.tenant_id, n.user_id, n.kind, CASE WHEN NOT n.is_bundled THEN n.id END) n.*
          FROM (SELECT *, user_id IS NOT NULL
                          AND kind IN ('approval_waits', 'task_created', 'bank_details_changed') AS is_bundled
                  FROM mails
                 WHERE announced_at IS NULL AND taken_at IS NULL AND created_at > now() - interval '3 days') n
         ORDER BY n.tenant_id, n.user_id, n.kind, CASE WHEN NOT n.is_bundled THEN n.id END, n.seq
    ) m LEFT JOIN tenants t ON t.id = m.tenant_id
     WHERE m.created_at < now() - CASE WHEN m.is_bundled THEN bundle ELSE older_than END
     ORDER BY m.seq LIMIT at_most
    $function$;
REVOKE ALL ON FUNCTION find_mails_to_send(interval, interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_mails_to_send(interval, interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_one_time_link(hmacs bytea[])
 RETURNS TABLE(id uuid, user_id uuid, purpose text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT l.id, l.user_id, l.purpose FROM one_time_links l JOIN users u ON u.id = l.user_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.expires_at > now() AND u.disabled_at IS NULL
    $function$;
REVOKE ALL ON FUNCTION find_one_time_link(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_one_time_link(bytea[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_papers_to_fetch(older_than interval, at_most integer)
 RETURNS TABLE(tenant_id uuid, slug text, resource_id uuid, tries integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT w.tenant_id, t.slug, w.resource_id, w.tries
      FROM papers_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.announced_at IS NULL AND w.next_try_at < now() - older_than
        -- Its workflow gives up after six hours and says so: without a word it was lost with its engine.
        OR w.announced_at < now() - interval '12 hours'
     ORDER BY w.next_try_at LIMIT at_most
    $function$;
REVOKE ALL ON FUNCTION find_papers_to_fetch(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_papers_to_fetch(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_partner_cookie(hmacs bytea[])
 RETURNS TABLE(tenant_id uuid, slug text, link_id uuid, partner_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.cookie_hmac = ANY (hmacs) AND l.revoked_at IS NULL AND l.cookie_expires_at > now()
    $function$;
REVOKE ALL ON FUNCTION find_partner_cookie(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_partner_cookie(bytea[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_partner_link(hmacs bytea[])
 RETURNS TABLE(tenant_id uuid, slug text, link_id uuid, partner_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()
    $function$;
REVOKE ALL ON FUNCTION find_partner_link(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_partner_link(bytea[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_schedules_wanted(older_than interval, at_most integer)
 RETURNS TABLE(tenant_id uuid, slug text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT w.tenant_id, t.slug, w.kind FROM schedules_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.wanted_at < now() - older_than ORDER BY w.wanted_at LIMIT at_most
    $function$;
REVOKE ALL ON FUNCTION find_schedules_wanted(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_schedules_wanted(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_session(hmacs bytea[], idle interval)
 RETURNS TABLE(session_id uuid, user_id uuid, email text, platform_admin boolean, tenant_id uuid, slug text, role text, enrolled boolean, second_factor_at timestamp with time zone, last_seen_at timestamp with time zone, tenant_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT s.id, s.user_id, u.email, u.platform_admin, s.tenant_id, t.slug, m.role,
           c.totp_confirmed_at IS NOT NULL, s.second_factor_at, s.last_seen_at, t.name
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
      LEFT JOIN user_secrets c ON c.user_id = u.id
      LEFT JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN memberships m ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.disabled_at IS NULL
     WHERE s.token_hmac = ANY (hmacs) AND s.expires_at > now() AND s.last_seen_at > now() - idle
    $function$;
REVOKE ALL ON FUNCTION find_session(bytea[], interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_session(bytea[], interval) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_tenant(wanted text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT id FROM tenants WHERE slug = wanted $function$;
REVOKE ALL ON FUNCTION find_tenant(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenant(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_tenants_awaiting_papers()
 RETURNS TABLE(tenant_id uuid, slug text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT t.id, t.slug FROM tenants t
     WHERE EXISTS (SELECT FROM papers_wanted w WHERE w.tenant_id = t.id AND w.next_try_at <= now())
    $function$;
REVOKE ALL ON FUNCTION find_tenants_awaiting_papers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenants_awaiting_papers() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_unannounced(older_than interval, at_most integer)
 RETURNS TABLE(kind text, tenant_id uuid, slug text, id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    $function$;
REVOKE ALL ON FUNCTION find_unannounced(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_unannounced(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_unannounced_in_turns(older_than interval, of_each integer, at_most integer, but text[] DEFAULT '{}'::text[])
 RETURNS TABLE(kind text, tenant_id uuid, slug text, id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    $function$;
REVOKE ALL ON FUNCTION find_unannounced_in_turns(interval, integer, integer, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_unannounced_in_turns(interval, integer, integer, text[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_user(wanted text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT id FROM users WHERE email = lower(wanted) $function$;
REVOKE ALL ON FUNCTION find_user(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_user(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_vat_checks_to_announce(older_than interval, at_most integer)
 RETURNS TABLE(tenant_id uuid, slug text, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT c.tenant_id, t.slug, c.id FROM vat_checks c JOIN tenants t ON t.id = c.tenant_id
     WHERE c.answer IS NULL AND c.announced_at IS NULL AND c.asked_at < now() - older_than
     ORDER BY c.asked_at LIMIT at_most
    $function$;
REVOKE ALL ON FUNCTION find_vat_checks_to_announce(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_vat_checks_to_announce(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.find_webhook_token(hmacs bytea[])
 RETURNS TABLE(tenant_id uuid, slug text, provider text, token_id uuid, kind text, organization_id uuid, requires_signature boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT t.tenant_id, s.slug, t.provider, t.id, t.kind, p.organization_id, p.requires_signature
      FROM webhook_tokens t
      JOIN tenants s ON s.id = t.tenant_id
      JOIN provider_connections p ON p.tenant_id = t.tenant_id AND p.provider = t.provider
     WHERE t.token_hmac = ANY (hmacs) AND (t.expires_at IS NULL OR t.expires_at > now())
    $function$;
REVOKE ALL ON FUNCTION find_webhook_token(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_webhook_token(bytea[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.folded(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT replace(replace(replace(replace(
               translate(lower(translate(words, 'ÄÖÜÁÀÂÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÕØÚÙÛÝ', 'äöüáàâãåçéèêëíìîïñóòôõøúùûý')),
                         'áàâãåçéèêëíìîïñóòôõøúùûýÿ', 'aaaaaceeeeiiiinooooouuuyy'),
               'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')
    $function$;

CREATE OR REPLACE FUNCTION public.follow_the_arrows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.forget_api_requests(older_than interval, at_most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (
        DELETE FROM api_requests r
         WHERE r.tenant_id = current_tenant() AND r.at < now() - older_than AND r.seq = ANY (ARRAY(
               SELECT o.seq FROM api_requests o
                WHERE o.tenant_id = current_tenant() AND o.at < now() - older_than ORDER BY o.at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION forget_api_requests(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_api_requests(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_document_copies(older_than interval, at_most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (
        DELETE FROM document_snapshots d
         WHERE d.tenant_id = current_tenant() AND d.id = ANY (ARRAY(
               SELECT s.id FROM document_snapshots s
                WHERE s.tenant_id = current_tenant() AND s.fetched_at < now() - older_than LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION forget_document_copies(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_document_copies(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_events_out(older_than interval, at_most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    $function$;
REVOKE ALL ON FUNCTION forget_events_out(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_events_out(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_login_attempts(of_subject bytea)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ DELETE FROM login_attempts WHERE subject = of_subject OR since < now() - interval '1 day' $function$;
REVOKE ALL ON FUNCTION forget_login_attempts(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_login_attempts(bytea) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_old_answers(at_most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (
        DELETE FROM idempotency_keys
         WHERE created_at < now() - interval '7 days'
           AND ctid = ANY (ARRAY(SELECT k.ctid FROM idempotency_keys k
                                  WHERE k.created_at < now() - interval '7 days' ORDER BY k.created_at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION forget_old_answers(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_answers(integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_old_mails()
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DELETE FROM partner_addresses_before WHERE until < now() - interval '60 days';
    WITH old AS (DELETE FROM mails WHERE created_at < now() - interval '60 days' RETURNING 1)
    SELECT count(*)::integer FROM old
    $function$;
REVOKE ALL ON FUNCTION forget_old_mails() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_mails() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.forget_unused_accounts(older_than interval, at_most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH gone AS (
        DELETE FROM partner_bank_details d
         WHERE d.tenant_id = current_tenant() AND d.id = ANY (ARRAY(
               SELECT b.id FROM partner_bank_details b
                WHERE b.tenant_id = current_tenant() AND b.state IN ('refused', 'superseded')
                  AND b.recorded_at < now() - older_than
                  AND NOT EXISTS (SELECT FROM payouts p WHERE p.tenant_id = b.tenant_id AND p.bank_details_id = b.id)
                  AND NOT EXISTS (SELECT FROM bank_run_lines l
                                   WHERE l.tenant_id = b.tenant_id AND l.bank_details_id = b.id)
                  AND NOT EXISTS (SELECT FROM payment_attempts a
                                   WHERE a.tenant_id = b.tenant_id AND a.bank_details_id = b.id)
                LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $function$;
REVOKE ALL ON FUNCTION forget_unused_accounts(interval, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_unused_accounts(interval, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.hear_the_release_before_of_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.hear_the_release_before_of_sale()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE sale_holds SET released_at = now(), released_by = who_acts()
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL
       AND code NOT IN (SELECT code FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason));
    INSERT INTO sale_holds (tenant_id, transaction_id, code, params)
    SELECT NEW.tenant_id, NEW.id, code, params FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason)
    ON CONFLICT (tenant_id, transaction_id, code) WHERE released_at IS NULL DO NOTHING;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.hold_new_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO payout_holds (tenant_id, payout_id, code) SELECT NEW.tenant_id, NEW.id, unnest(NEW.open_holds);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.hold_of_sentence(said text, OUT code text, OUT params jsonb)
 RETURNS record
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.hold_payouts_of(tenant uuid, partner uuid, of_code text)
 RETURNS void
 LANGUAGE sql
AS $function$
    SELECT 1 FROM payouts
     WHERE tenant_id = tenant AND partner_id = partner AND state IN ('awaiting_approval', 'approved')
     ORDER BY seq FOR NO KEY UPDATE;
    INSERT INTO payout_holds (tenant_id, payout_id, code)
    SELECT p.tenant_id, p.id, of_code FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.state IN ('awaiting_approval', 'approved')
    ON CONFLICT (tenant_id, payout_id, code) WHERE released_at IS NULL DO NOTHING
    $function$;

CREATE OR REPLACE FUNCTION public.hold_payouts_of_pending_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending') THEN
        PERFORM hold_payouts_of(NEW.tenant_id, NEW.partner_id, 'account_pending');
    ELSE
        PERFORM release_payouts_of(NEW.tenant_id, NEW.partner_id, 'account_pending');
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.hold_payouts_of_stopped_partner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.payouts_stopped_reason IS NOT NULL THEN
        PERFORM hold_payouts_of(NEW.tenant_id, NEW.id, 'partner_stopped');
    ELSE
        PERFORM release_payouts_of(NEW.tenant_id, NEW.id, 'partner_stopped');
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.holds_of_sentences(held text, blocked text)
 RETURNS TABLE(code text, params jsonb)
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT c.code, CASE c.code WHEN 'as_it_was_written' THEN jsonb_build_object('text', string_agg(said, '; ')) ELSE '{}' END
      FROM (SELECT said FROM regexp_split_to_table(held, '; ') said
             UNION ALL SELECT blocked WHERE blocked IS NOT NULL) s, hold_of_sentence(said) c
     WHERE said <> '' GROUP BY c.code
    $function$;

CREATE OR REPLACE FUNCTION public.inbox_age_seconds()
 RETURNS double precision
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT COALESCE(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
      FROM events WHERE state = 'received' AND handed_over_at IS NULL AND provider IN (SELECT name FROM providers WHERE is_books)
    $function$;
REVOKE ALL ON FUNCTION inbox_age_seconds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbox_age_seconds() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.is_at_home_elsewhere(for_tenant uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT u.platform_admin
           OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = person AND m.tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $function$;
REVOKE ALL ON FUNCTION is_at_home_elsewhere(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_at_home_elsewhere(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.is_at_home_only_in(for_tenant uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT NOT u.platform_admin
           AND EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id = for_tenant)
           AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $function$;
REVOKE ALL ON FUNCTION is_at_home_only_in(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_at_home_only_in(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.keep_amount_before()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO commission_amounts_before (tenant_id, commission_id, net_cents)
    VALUES (OLD.tenant_id, OLD.id, OLD.net_cents);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.keep_code_and_sentence()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.keep_references()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO sale_references (tenant_id, kind, reference, transaction_id)
    SELECT NEW.tenant_id, r.kind, r.reference, NEW.id
      FROM (VALUES ('payment_intent', NEW.payment_intent), ('checkout_session', NEW.checkout_session),
                   ('provider_invoice', NEW.provider_invoice), ('order', NEW.order_reference)) AS r (kind, reference)
     WHERE r.reference <> ''
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.keep_statistics_of_payouts()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION keep_statistics_of_payouts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_statistics_of_payouts() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.keep_the_block_in_both()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF (NEW.blocked_code, NEW.blocked_params) IS DISTINCT FROM (OLD.blocked_code, OLD.blocked_params) THEN
        NEW.blocked_reason := CASE WHEN NEW.blocked_code IS NOT NULL
                                   THEN sentence_of_hold(NEW.blocked_code, NEW.blocked_params) END;
    ELSIF NEW.blocked_reason IS DISTINCT FROM OLD.blocked_reason THEN
        SELECT code, params INTO NEW.blocked_code, NEW.blocked_params FROM hold_of_sentence(NEW.blocked_reason);
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.leave_words_to_the_release_before()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.calculation := NEW.calculation || '{"words": "…"}';
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.line_has_its_cause()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    stands_for uuid := COALESCE(NEW.split_of, NEW.reissued_of, NEW.origin_id);
BEGIN
    IF stands_for IS NULL THEN
        IF NEW.state <> 'pending' AND (TG_OP = 'INSERT' OR NOT EXISTS (
               SELECT 1 FROM manual_lines
                WHERE tenant_id = NEW.tenant_id AND commission_id = NEW.id AND confirmed)) THEN
            RAISE EXCEPTION 'a line that somebody wrote waits for a second person' USING ERRCODE = 'PD053';
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND c.id = stands_for AND c.id <> NEW.id AND c.partner_id = NEW.partner_id
           AND c.transaction_id IS NOT DISTINCT FROM NEW.transaction_id AND c.month IS NOT DISTINCT FROM NEW.month)
    THEN
        RAISE EXCEPTION 'the line stands for none of this partner and sale' USING ERRCODE = 'PD053';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.line_is_its_settlement()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM month_settlements s
                    WHERE s.tenant_id = NEW.tenant_id AND s.partner_id = NEW.partner_id
                      AND s.campaign_id = NEW.campaign_id AND s.month = NEW.month AND s.part = NEW.month_part
                      AND s.difference_cents = (
                          SELECT sum(c.net_cents) FROM commissions c
                           WHERE c.tenant_id = s.tenant_id AND c.partner_id = s.partner_id
                             AND c.campaign_id = s.campaign_id AND c.month = s.month AND c.month_part = s.part
                             AND c.kind = 'month_close')) THEN
        RAISE EXCEPTION 'the line of a month is not what was settled' USING ERRCODE = 'PD030';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.lines_add_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.list_connected_tenants(from_provider text)
 RETURNS TABLE(id uuid, slug text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = from_provider AND p.has_credential ORDER BY t.slug
    $function$;
REVOKE ALL ON FUNCTION list_connected_tenants(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_connected_tenants(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.list_run_days()
 RETURNS TABLE(id uuid, slug text, day smallint, hour smallint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT id, slug, payout_run_day, payout_run_hour FROM tenants WHERE payout_run_day IS NOT NULL
$function$;
REVOKE ALL ON FUNCTION list_run_days() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_run_days() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.list_swept_tenants()
 RETURNS TABLE(id uuid, slug text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = 'lexoffice' AND (p.has_credential OR t.books <> 'lexoffice') ORDER BY t.slug
    $function$;
REVOKE ALL ON FUNCTION list_swept_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_swept_tenants() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.list_tenants()
 RETURNS TABLE(id uuid, slug text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT id, slug FROM tenants ORDER BY slug $function$;
REVOKE ALL ON FUNCTION list_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.list_users()
 RETURNS TABLE(id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT id FROM users ORDER BY id $function$;
REVOKE ALL ON FUNCTION list_users() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_users() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.mail_about_account()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'bank_details_changed', ARRAY['approver', 'admin'], NEW.id::text);
    IF EXISTS (SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'active') THEN
        INSERT INTO mails (tenant_id, kind, partner_id, address, about)
        SELECT NEW.tenant_id, 'bank_details_changed', NEW.partner_id, email, NEW.id::text
          FROM (SELECT email FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.partner_id
                UNION
                SELECT email FROM partner_addresses_before
                 WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND until > now() - interval '30 days'
               ) known
         WHERE email IS NOT NULL;
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_approval()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'approval_waits', ARRAY['approver', 'admin'], NEW.number);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_connection()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'connection_broken', ARRAY['admin'], NEW.provider);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_document()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO mails (tenant_id, kind, partner_id, address, about)
    SELECT NEW.tenant_id, 'partner_document', q.id, q.email, p.number
      FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.email IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = NEW.tenant_id AND s.kind = 'partner_document' AND s.user_id IS NULL);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'connection_broken', ARRAY['admin'], 'webhook',
                         jsonb_build_object('endpoint', NEW.id));
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_return()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO mails (tenant_id, kind, partner_id, address, about)
    SELECT NEW.tenant_id, 'bank_details_wanted', q.id, q.email, NEW.id::text
      FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.email IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = NEW.tenant_id AND s.kind = 'bank_details_wanted' AND s.user_id IS NULL);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_secrets()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO mails (kind, user_id)
    SELECT news.kind, NEW.user_id
      FROM (VALUES
            ('password_changed', OLD.password_hash IS NOT NULL
                                 AND OLD.password_changed_at IS DISTINCT FROM NEW.password_changed_at),
            ('second_factor_added', OLD.totp_confirmed_at IS NULL AND NEW.totp_confirmed_at IS NOT NULL),
            ('second_factor_removed', OLD.totp_confirmed_at IS NOT NULL AND NEW.totp_confirmed_at IS NULL)
           ) AS news (kind, happened)
     WHERE news.happened;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_about_task()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'task_created', ARRAY['editor', 'approver', 'admin'], NEW.id::text);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.mail_members(of_tenant uuid, of_kind text, roles text[], of_what text, with_facts jsonb DEFAULT '{}'::jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
    INSERT INTO mails (tenant_id, kind, user_id, about, facts)
    SELECT of_tenant, of_kind, m.user_id, of_what, with_facts
      FROM memberships m
     WHERE m.tenant_id = of_tenant AND m.disabled_at IS NULL AND m.role = ANY (roles)
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = of_tenant AND s.kind = of_kind
                          AND (s.user_id IS NULL OR s.user_id = m.user_id))
    $function$;

CREATE OR REPLACE FUNCTION public.make_month(of_table text, month timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION make_month(text, timestamptz) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.make_months(of_table text, as_of timestamp with time zone DEFAULT now())
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION make_months(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_months(text, timestamptz) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.mark_events_handed_over(for_tenant uuid, ids bigint[], deliveries integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Not when it was replayed meanwhile: the new delivery has not been announced.
    UPDATE events e SET handed_over_at = now()
      FROM unnest(ids, deliveries) AS told (id, delivery)
     WHERE e.tenant_id = for_tenant AND e.id = told.id AND e.delivery = told.delivery AND e.handed_over_at IS NULL;
END $function$;
REVOKE ALL ON FUNCTION mark_events_handed_over(uuid, bigint[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_events_handed_over(uuid, bigint[], integer[]) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.months_missing()
 RETURNS TABLE(name text, caught boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
    month timestamptz := date_trunc('month', now()) + interval '1 month';
BEGIN
    FOR name IN SELECT t.name FROM monthly_tables t ORDER BY 1 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name || '_default') INTO caught;
        IF caught OR NOT EXISTS (SELECT FROM months_of(name) m WHERE m.begins <= month AND m.ends > month) THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $function$;
REVOKE ALL ON FUNCTION months_missing() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION months_missing() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.months_of(of_table text)
 RETURNS TABLE(part regclass, begins timestamp with time zone, ends timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    SELECT i.inhrelid::regclass, replace(substring(b.bound FROM $re$FROM \('?([^')]+)$re$), 'MINVALUE', '-infinity')::timestamptz,
           substring(b.bound FROM $re$TO \('([^']+)$re$)::timestamptz
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
     WHERE i.inhparent = of_table::regclass
    $function$;

CREATE OR REPLACE FUNCTION public.no_sponsor_cycle()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.sponsor_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sponsor-tree:' || NEW.tenant_id, 0));
    IF EXISTS (
        WITH RECURSIVE upline AS (
            SELECT id, sponsor_id FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.sponsor_id
            UNION
            SELECT p.id, p.sponsor_id FROM partners p JOIN upline u ON p.id = u.sponsor_id
             WHERE p.tenant_id = NEW.tenant_id
        ) SELECT 1 FROM upline WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a partner cannot be below itself in the sponsor tree' USING ERRCODE = 'PD003';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.note_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- What is written again as it was has not changed. (Of a table with generated columns NEW has none yet: it counts.)
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.note_delivery()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE own_documents SET changed_at = clock_timestamp() WHERE tenant_id = NEW.tenant_id AND id = NEW.document_id;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.note_how_long_it_took()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.nothing_is_earned_twice()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM transactions
                WHERE tenant_id = NEW.tenant_id AND id = NEW.transaction_id AND import_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the sale was taken over' USING ERRCODE = 'PD060';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.number_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    numbers text := 'events_of_' || replace(NEW.tenant_id::text, '-', '');
BEGIN
    IF to_regclass(numbers) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE SEQUENCE %I START %s', numbers,
                           (SELECT COALESCE(max(e.id), 0) + 1 FROM events e WHERE e.tenant_id = NEW.tenant_id));
        EXCEPTION WHEN duplicate_table OR unique_violation THEN
            NULL; -- another first event was quicker
        END;
    END IF;
    LOOP
        NEW.id := nextval(numbers::regclass);
        EXIT WHEN NOT EXISTS (SELECT FROM events e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.id);
    END LOOP;
    RETURN NEW;
END $function$;
REVOKE ALL ON FUNCTION number_event() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.number_the_plan()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.version IS NULL THEN
        PERFORM 1 FROM campaigns WHERE tenant_id = NEW.tenant_id AND id = NEW.campaign_id FOR UPDATE;
        NEW.version := 1 + COALESCE((SELECT max(version) FROM plans
                                      WHERE tenant_id = NEW.tenant_id AND campaign_id = NEW.campaign_id), 0);
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.open_hands_of_payout(wanted uuid)
 RETURNS SETOF hands
 LANGUAGE sql
 STABLE
AS $function$
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
    $function$;
REVOKE ALL ON FUNCTION open_hands_of_payout(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_hands_of_payout(uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.operating_figures()
 RETURNS TABLE(figure text, label text, value double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    WITH unhandled AS (
        SELECT t.slug, e.events, e.oldest, row_number() OVER (ORDER BY e.events DESC, t.slug) AS place
          FROM tenants t CROSS JOIN LATERAL (
               SELECT count(*) AS events, min(received_at) AS oldest
                 FROM (SELECT received_at FROM events WHERE tenant_id = t.id AND state = 'received'
                        ORDER BY received_at LIMIT 10000) bounded) e
         WHERE e.events > 0),
    -- How long the payouts that stand longest stand: of the twenty oldest of a state in each tenant. Who stands behind
    -- these shows when they are through. An approved one that a person put back, that something forbids (a task says so) or
    -- whose books refuse the key does not stand still: it waits for the tenant's people, for weeks if they like.
    standing AS (
        SELECT s.state, COALESCE(sum(n.payouts), 0) AS payouts, min(o.since) AS since
          FROM unnest(ARRAY['approved', 'outcome_unknown', 'credit_note_open', 'returned']) AS s (state)
          LEFT JOIN tenants t ON true
          LEFT JOIN LATERAL (
               SELECT count(*) AS payouts FROM (SELECT 1 FROM payouts WHERE tenant_id = t.id AND payouts.state = s.state
                                                 LIMIT 10000) bounded) n ON true
          LEFT JOIN LATERAL (
               SELECT min(h.since) AS since
                 FROM (SELECT id FROM payouts w WHERE w.tenant_id = t.id AND w.state = s.state
                          AND (s.state <> 'approved'
                               OR w.open_holds IS NULL AND w.blocked_code IS NULL
                                  AND NOT EXISTS (SELECT FROM provider_connections c
                                                   WHERE c.tenant_id = t.id AND c.provider = w.books
                                                     AND c.state = 'broken'))
                        ORDER BY w.created_at, w.seq LIMIT 20) p
                CROSS JOIN LATERAL (
                      SELECT changed_at AS since FROM state_changes
                       WHERE tenant_id = t.id AND subject_id = p.id ORDER BY seq DESC LIMIT 1) h) o ON n.payouts > 0
         GROUP BY s.state),
    unannounced (kind, since) AS (
        SELECT 'decision', min(decided_at) FROM decisions WHERE delivered_at IS NULL
        UNION ALL
        SELECT 'payout', min(created_at) FROM payouts WHERE workflow_started_at IS NULL
        UNION ALL
        SELECT 'recheck', min(recheck_wanted_at) FROM payouts WHERE recheck_wanted_at IS NOT NULL
        UNION ALL
        SELECT 'invoice', min(created_at) FROM creation_intents WHERE kind = 'invoice' AND announced_at IS NULL
        UNION ALL
        SELECT 'payout_run', min(created_at) FROM payout_runs WHERE started_at IS NULL AND state = 'running'
        UNION ALL
        SELECT 'own_document', min(announcement_wanted_at) FROM own_reversals WHERE announcement_wanted_at IS NOT NULL
        UNION ALL
        -- Since it is to be told, which is long after its arrival where it waited for a key or is replayed.
        SELECT 'event', min(changed_at)
          FROM (SELECT changed_at FROM events
                 WHERE state = 'received' AND handed_over_at IS NULL
                   AND provider IN (SELECT name FROM providers WHERE is_books)
                 ORDER BY received_at LIMIT 10000) bounded),
    asked AS (
        SELECT COALESCE(sum(n.tasks), 0) AS tasks, min(n.since) AS since
          FROM tenants t CROSS JOIN LATERAL (
               SELECT count(*) AS tasks, min(created_at) AS since
                 FROM (SELECT created_at FROM tasks WHERE tenant_id = t.id AND state = 'open'
                        ORDER BY seq LIMIT 10000) bounded) n),
    due AS (
        SELECT COALESCE(sum(n.deliveries), 0) AS deliveries, min(n.since) AS since
          FROM webhook_endpoints e CROSS JOIN LATERAL (
               SELECT count(*) AS deliveries, min(created_at) AS since
                 FROM (SELECT created_at FROM event_deliveries
                        WHERE tenant_id = e.tenant_id AND endpoint_id = e.id AND state = 'due'
                        ORDER BY seq LIMIT 10000) bounded) n
         WHERE e.state = 'active'),
    files AS (
        SELECT s.state, count(r.id) AS files, min(COALESCE(r.exported_at, r.approved_at)) AS since
          FROM unnest(ARRAY['approved', 'exported']) AS s (state) LEFT JOIN bank_runs r ON r.state = s.state
         GROUP BY s.state)
    SELECT 'inbox_age_seconds', '', inbox_age_seconds()
    UNION ALL
    SELECT 'sweep_age_seconds', '', sweep_age_seconds()
    UNION ALL
    SELECT 'unhandled_events', slug, events::float8 FROM unhandled WHERE place <= 20
    UNION ALL
    SELECT 'unhandled_events', '(others)', COALESCE(sum(events), 0)::float8 FROM unhandled WHERE place > 20
    UNION ALL
    SELECT 'unhandled_event_age_seconds', '', age_seconds(min(oldest)) FROM unhandled
    UNION ALL
    SELECT 'payouts', state, payouts::float8 FROM standing
    UNION ALL
    SELECT 'payout_age_seconds', state, age_seconds(since) FROM standing
    UNION ALL
    SELECT 'handover_lag_seconds', kind, age_seconds(since) FROM unannounced
    UNION ALL
    SELECT 'open_tasks', '', tasks::float8 FROM asked
    UNION ALL
    SELECT 'open_task_age_seconds', '', age_seconds(since) FROM asked
    UNION ALL
    SELECT 'events_out_due', '', deliveries::float8 FROM due
    UNION ALL
    SELECT 'event_out_age_seconds', '', age_seconds(since) FROM due
    UNION ALL
    SELECT 'endpoints_off', '', count(*)::float8 FROM webhook_endpoints WHERE state = 'off' AND state_reason <> 'by_hand'
    UNION ALL
    SELECT 'bank_files', state, files::float8 FROM files
    UNION ALL
    SELECT 'bank_file_age_seconds', state, age_seconds(since) FROM files
    UNION ALL
    SELECT 'statement_age_seconds', '', age_seconds(min(brought_at)) FROM statement_files WHERE matched_at IS NULL
    UNION ALL
    SELECT 'connections_broken', p.name, count(c.tenant_id)::float8
      FROM providers p LEFT JOIN provider_connections c ON c.provider = p.name AND c.state = 'broken'
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'subscriptions_failing', '', count(*)::float8
      FROM sweep_states s JOIN provider_connections c USING (tenant_id, provider)
     WHERE s.subscriptions_state = 'failing' AND c.state = 'connected'
    UNION ALL
    -- Seconds until the next free slot, of the account where it is furthest: the budget is used up where nothing is free
    -- within three.
    SELECT 'budget_booked_seconds', p.name,
           COALESCE(max(extract(epoch FROM b.next_free_at - clock_timestamp()))
                    FILTER (WHERE b.next_free_at > clock_timestamp()), 0)::float8
      FROM providers p LEFT JOIN api_budgets b ON b.provider = p.name
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'documents_of_the_year', p.name,
           COALESCE(max(b.creations) FILTER (
                    WHERE b.creations_year = extract(year FROM now() AT TIME ZONE 'Europe/Berlin')), 0)::float8
      FROM providers p LEFT JOIN api_budgets b ON b.provider = p.name
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'months_missing', '', count(*)::float8 FROM months_missing()
    UNION ALL
    SELECT 'workers', '', count(*)::float8 FROM running_workers WHERE seen_at > now() - interval '60 seconds'
    $function$;
REVOKE ALL ON FUNCTION operating_figures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operating_figures() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.own_document_effective_at(of_tenant uuid, of_document uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
    SELECT min(at) FROM own_document_deliveries
     WHERE tenant_id = of_tenant AND document_id = of_document
       AND (outcome IN ('opened', 'handed_over')
            OR outcome = 'accepted' AND at <= now() - interval '24 hours'
               AND (bounced_at IS NULL OR bounced_at > at + interval '24 hours'))
    $function$;

CREATE OR REPLACE FUNCTION public.own_document_is_of_its_partner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.partner_id := COALESCE(
        (SELECT partner_id FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id),
        (SELECT partner_id FROM own_documents WHERE tenant_id = NEW.tenant_id AND id = NEW.original_id),
        (SELECT id FROM partners WHERE tenant_id = NEW.tenant_id AND code = NEW.content #>> '{seller,code}'));
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.own_document_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    may_change text[] := ARRAY['closed_at', 'closed_by', 'closed_reason', 'handed_out_at', 'delivered_at', 'changed_at', 'xml', 'pdf'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued document stays' USING ERRCODE = 'PD040';
    END IF;
    IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND current_user <> 'partnerdesk_app' THEN
        RETURN NEW;  -- the duty to keep it has ended: erase_partner_vouchers
    END IF;
    IF (to_jsonb(NEW) - may_change) <> (to_jsonb(OLD) - may_change)
       OR NEW.xml IS DISTINCT FROM OLD.xml OR NEW.pdf IS DISTINCT FROM OLD.pdf
       OR OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.closed_by, NEW.closed_reason)
                                        IS DISTINCT FROM (OLD.closed_at, OLD.closed_by, OLD.closed_reason)
       OR OLD.handed_out_at IS NOT NULL AND NEW.handed_out_at IS DISTINCT FROM OLD.handed_out_at
       OR OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS DISTINCT FROM OLD.delivered_at THEN
        RAISE EXCEPTION 'an issued document stays' USING ERRCODE = 'PD040';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.parts_are_their_line()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.split_of AND c.split_of IS NULL
           AND (c.kind, c.partner_id, c.service_date, c.recorded_by, c.transaction_id, c.month) IS NOT DISTINCT FROM
               (NEW.kind, NEW.partner_id, NEW.service_date, NEW.recorded_by, NEW.transaction_id, NEW.month)
           AND c.earned_cents = c.net_cents + (SELECT sum(r.net_cents) FROM commissions r
                                                WHERE r.tenant_id = c.tenant_id AND r.split_of = c.id)) THEN
        RAISE EXCEPTION 'the parts of a line are not what was written' USING ERRCODE = 'PD031';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.payee_check_that_counts(tenant uuid, account uuid)
 RETURNS SETOF payee_checks
 LANGUAGE sql
 STABLE
AS $function$
    SELECT k.* FROM payee_checks k
     WHERE k.tenant_id = tenant AND k.bank_details_id = account
       AND (NOT k.reported OR k.result = 'none' OR NOT EXISTS (
            SELECT FROM payee_checks b
             WHERE b.tenant_id = tenant AND b.bank_details_id = account AND b.seq < k.seq AND b.result = 'none'
               AND b.confirmed_at IS NULL
               AND NOT EXISTS (SELECT FROM payee_checks m
                                WHERE m.tenant_id = tenant AND m.bank_details_id = account AND m.seq > b.seq
                                  AND m.seq < k.seq AND (NOT m.reported OR m.confirmed_at IS NOT NULL))))
     ORDER BY k.seq DESC LIMIT 1
    $function$;

CREATE OR REPLACE FUNCTION public.payout_goes_to_its_partner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM partner_bank_details
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.bank_details_id AND partner_id = NEW.partner_id) THEN
        RAISE EXCEPTION 'payout % would go to another partner''s account', NEW.number USING ERRCODE = 'PD052';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.payouts_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RAISE EXCEPTION 'payouts are never deleted' USING ERRCODE = 'PD007'; END $function$;

CREATE OR REPLACE FUNCTION public.plan_fits_its_base()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF (SELECT sum(greatest(l.percent, (SELECT max(t.percent) FROM plan_tiers t
                                         WHERE t.tenant_id = l.tenant_id AND t.plan_id = l.plan_id
                                           AND t.level = l.level)))
          FROM plan_levels l WHERE l.tenant_id = NEW.tenant_id AND l.plan_id = NEW.plan_id) > 100 THEN
        RAISE EXCEPTION 'the levels of a plan together exceed the base' USING ERRCODE = 'PD002';
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.protect_partition(target regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s USING (tenant_id = current_tenant())', target);
END $function$;
REVOKE ALL ON FUNCTION protect_partition(regclass) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.protect_person_table(target regclass, person_column text, rights text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_person ON %s USING (%I = current_person()) WITH CHECK (%I = current_person())',
                   target, person_column, person_column);
    -- The SECURITY DEFINER functions below work as the owner: before it is known who asks, and to end sessions.
    EXECUTE format('CREATE POLICY functions ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $function$;
REVOKE ALL ON FUNCTION protect_person_table(regclass, text, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.protect_tenant_table(target regclass, tenant_column text DEFAULT 'tenant_id'::text, rights text DEFAULT 'SELECT, INSERT, UPDATE'::text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
                   target, tenant_column, tenant_column);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $function$;
REVOKE ALL ON FUNCTION protect_tenant_table(regclass, text, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.receive_event(for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamp with time zone, raw_body bytea, is_signed boolean, with_payment_reference text, ignored_code text, ignored_params jsonb, of_document uuid, unproven_an_hour integer)
 RETURNS TABLE(outcome text, id bigint, state text, reason_code text, reason_params jsonb, delivery integer, handed_over boolean, age_seconds double precision, is_known boolean)
 LANGUAGE plpgsql
AS $function$
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
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    IF ignored_code = 'bookkeeping_voucher' AND known AND of_document IS NOT NULL THEN
        NULL; -- a voucher of our own
    ELSIF ignored_code = 'bookkeeping_voucher' AND EXISTS (
        -- Held until the end: whoever stores the id of a lost voucher hands over afterwards what waits here.
        SELECT 1 FROM creation_intents i
         WHERE i.tenant_id = for_tenant AND i.kind IN ('purchaseinvoice', 'purchasecreditnote')
           AND i.resource_id IS NULL AND i.closed_at IS NULL AND i.sent_at IS NOT NULL
           FOR SHARE)
    THEN
        first_state := 'waiting';
        first_code := 'credit_note_id_awaited';
        first_params := '{}';
    ELSIF ignored_code IS NOT NULL THEN
        first_state := 'ignored';
        first_code := ignored_code;
        first_params := ignored_params;
    END IF;
    IF first_state = 'received' AND NOT connected THEN
        first_state := 'skipped';
        first_code := 'no_api_key';
        first_params := '{}';
    END IF;
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                        payment_reference, state, reason_code, reason_params)
    SELECT for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
           with_payment_reference, first_state, first_code, first_params
     WHERE NOT EXISTS (SELECT FROM events e -- a repeat takes no number
                        WHERE e.tenant_id = for_tenant AND e.provider = from_provider
                          AND e.organization_id = of_organization AND e.event_type = of_type
                          AND e.resource_id = of_resource AND e.event_date = at_date)
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
END $function$;
REVOKE ALL ON FUNCTION receive_event(uuid, text, text, text, text, timestamptz, bytea, boolean, text, text, jsonb, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_event(uuid, text, text, text, text, timestamptz, bytea, boolean, text, text, jsonb, uuid, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.refuted_vat_ids(tenant uuid, partner uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
    SELECT string_agg(vat_id, ',' ORDER BY vat_id)
      FROM (SELECT DISTINCT ON (vat_id) vat_id, answer FROM vat_checks
             WHERE tenant_id = tenant AND partner_id = partner AND answer IN ('valid', 'invalid')
             ORDER BY vat_id, answered_at DESC, seq DESC) newest
     WHERE answer = 'invalid'
    $function$;
REVOKE ALL ON FUNCTION refuted_vat_ids(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuted_vat_ids(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.release_payouts_of(tenant uuid, partner uuid, of_code text)
 RETURNS void
 LANGUAGE sql
AS $function$
    SELECT 1 FROM payouts WHERE tenant_id = tenant AND partner_id = partner AND open_holds IS NOT NULL
     ORDER BY seq FOR NO KEY UPDATE;
    UPDATE payout_holds h SET released_at = now(), released_by = who_acts()
      FROM payouts p
     WHERE p.tenant_id = tenant AND p.partner_id = partner AND p.open_holds IS NOT NULL
       AND h.tenant_id = p.tenant_id AND h.payout_id = p.id AND h.code = of_code AND h.released_at IS NULL
    $function$;

CREATE OR REPLACE FUNCTION public.release_set_offs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE set_offs SET released_at = now()
     WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND released_at IS NULL;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.remember_address()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO partner_addresses_before (tenant_id, partner_id, email) VALUES (OLD.tenant_id, OLD.id, OLD.email);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.remember_partner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.sponsor_id, OLD.status, OLD.campaign_id)
                           IS DISTINCT FROM (NEW.sponsor_id, NEW.status, NEW.campaign_id) THEN
        INSERT INTO partner_history (tenant_id, partner_id, sponsor_id, status, campaign_id)
        VALUES (NEW.tenant_id, NEW.id, NEW.sponsor_id, NEW.status, NEW.campaign_id);
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.scopes_of_role(role text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT CASE role WHEN 'viewer' THEN ARRAY['read']
                     WHEN 'editor' THEN ARRAY['read', 'write', 'statements']
                     WHEN 'approver' THEN ARRAY['read', 'approve']
                     WHEN 'admin' THEN ARRAY['read', 'write', 'approve', 'bank', 'statements']
                     ELSE ARRAY[]::text[] END
    $function$;

CREATE OR REPLACE FUNCTION public.seal_audit_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION seal_audit_entry() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.sentence_of_code(wanted text, params jsonb)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION sentence_of_code(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sentence_of_code(text, jsonb) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.sentence_of_hold(of_code text, params jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT CASE of_code
             WHEN 'put_back' THEN params ->> 'reason'
             WHEN 'as_it_was_written' THEN params ->> 'text'
             WHEN 'small_business_not_confirmed'
               THEN format('Der Kleinunternehmer-Status ist für %s nicht bestätigt.', params ->> 'year')
             ELSE COALESCE((SELECT s.sentence FROM sentences_of_holds() WITH ORDINALITY s (code, sentence, place)
                             WHERE s.code = of_code ORDER BY place LIMIT 1), of_code)
           END
    $function$;

CREATE OR REPLACE FUNCTION public.sentences_of_holds()
 RETURNS TABLE(code text, sentence text)
 LANGUAGE sql
 IMMUTABLE
AS $function$
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
    $function$;

CREATE OR REPLACE FUNCTION public.set_offs_add_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.settled_commissions_keep_their_amount()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'the amount of a commission in a payout may not change' USING ERRCODE = 'PD004';
END $function$;

CREATE OR REPLACE FUNCTION public.show_holds_of_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM 1 FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id FOR NO KEY UPDATE;
    UPDATE payouts p SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM payout_holds
             WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND released_at IS NULL) h
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND p.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.show_holds_of_sale()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM 1 FROM transactions WHERE tenant_id = NEW.tenant_id AND id = NEW.transaction_id FOR NO KEY UPDATE;
    UPDATE transactions t SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM sale_holds
             WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.transaction_id AND released_at IS NULL) h
     WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transaction_id AND t.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.stay_as_written()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    fixed text;
BEGIN
    FOREACH fixed IN ARRAY TG_ARGV LOOP
        IF to_jsonb(NEW) -> fixed IS DISTINCT FROM to_jsonb(OLD) -> fixed THEN
            RAISE EXCEPTION '%.% is written once', TG_TABLE_NAME, fixed USING ERRCODE = 'PD050';
        END IF;
    END LOOP;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.stood_in_file(line bank_run_lines)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT line.released_at IS NULL OR line.released_code IN ('transferred_again', 'rejected_by_the_bank') $function$;

CREATE OR REPLACE FUNCTION public.sum_up_claim(of_tenant uuid, wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION sum_up_claim(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sum_up_claim(uuid, uuid) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.sweep_age_seconds()
 RETURNS double precision
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT COALESCE(extract(epoch FROM clock_timestamp()
                                       - min(GREATEST(s.finished_at, c.secret_saved_at, c.oauth_connected_at))), 0)::float8
      FROM provider_connections c
      LEFT JOIN sweep_states s ON s.tenant_id = c.tenant_id AND s.provider = c.provider
     WHERE c.provider = 'lexoffice' AND c.state = 'connected' AND c.has_credential
    $function$;
REVOKE ALL ON FUNCTION sweep_age_seconds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_age_seconds() TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.take_in_event(for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamp with time zone, raw_body bytea, is_signed boolean, with_payment_reference text, ignored_because text, of_document uuid, unproven_an_hour integer, waits_because text)
 RETURNS TABLE(outcome text, id bigint, state text, reason text, delivery integer, handed_over boolean, age_seconds double precision, is_known boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
DECLARE
    connected boolean;
    first_state text := 'received';
    first_reason text;
    new_id bigint;
    new_delivery integer;
    known boolean;
    this_hour timestamptz := date_trunc('hour', now());
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Whoever adds a credential holds FOR UPDATE here: either this event sees it, or its owner sees this event.
    SELECT has_credential INTO connected FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    IF ignored_because IS NOT NULL THEN
        first_state := 'ignored';
        first_reason := ignored_because;
    ELSIF NOT connected THEN
        first_state := 'skipped';
        first_reason := 'Es ist kein API-Schlüssel hinterlegt.';
    END IF;
    INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                        payment_reference, state, reason)
    VALUES (for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
            with_payment_reference, first_state, first_reason)
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
                first_reason := waits_because;
                UPDATE events e SET state = first_state, reason = first_reason
                 WHERE e.tenant_id = for_tenant AND e.id = new_id;
            END IF;
        END IF;
        RETURN QUERY SELECT 'new', new_id, first_state, first_reason, new_delivery, false, 0::float8, known;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'repeat', e.id, e.state, e.reason, e.delivery, e.handed_over_at IS NOT NULL,
               extract(epoch FROM clock_timestamp() - e.received_at)::float8, known
          FROM events e
         WHERE e.tenant_id = for_tenant AND e.provider = from_provider AND e.organization_id = of_organization
           AND e.event_type = of_type AND e.resource_id = of_resource AND e.event_date = at_date;
END $function$;
REVOKE ALL ON FUNCTION take_in_event(uuid, text, text, text, text, timestamptz, bytea, boolean, text, text, uuid, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_in_event(uuid, text, text, text, text, timestamptz, bytea, boolean, text, text, uuid, integer, text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.take_monthly_table(of_table text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM monthly_tables WHERE name = of_table) THEN
        RAISE EXCEPTION '% is not cut into months', of_table;
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', of_table);
END $function$;
REVOKE ALL ON FUNCTION take_monthly_table(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.tax_status_on(tenant uuid, partner uuid, day date)
 RETURNS SETOF partner_tax_statuses
 LANGUAGE sql
 STABLE
AS $function$
    SELECT s.* FROM partner_tax_statuses s
     WHERE s.tenant_id = tenant AND s.partner_id = partner
       AND s.valid_from <= day AND (s.valid_until IS NULL OR s.valid_until > day)
       AND NOT EXISTS (SELECT 1 FROM partner_tax_statuses n
                        WHERE n.tenant_id = s.tenant_id AND n.partner_id = s.partner_id
                          AND n.valid_from = s.valid_from AND n.recorded_at > s.recorded_at)
     ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1
    $function$;
REVOKE ALL ON FUNCTION tax_status_on(uuid, uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tax_status_on(uuid, uuid, date) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.tell_of_commission(line commissions, of_type text)
 RETURNS void
 LANGUAGE sql
AS $function$
    SELECT tell_others(line.tenant_id, of_type, 'commission', line.id::text, jsonb_build_object(
               'id', line.id, 'state', line.state, 'kind', line.kind, 'level', line.level,
               'partner', (SELECT code FROM partners WHERE tenant_id = line.tenant_id AND id = line.partner_id),
               'transaction', line.transaction_id, 'net_cents', line.net_cents, 'provisional', line.provisional,
               'service_date', line.service_date))
    $function$;

CREATE OR REPLACE FUNCTION public.tell_of_connection()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, CASE NEW.state WHEN 'broken' THEN 'connection.broken' ELSE 'connection.restored' END,
            'connection', NEW.provider, jsonb_build_object('id', NEW.provider, 'state', NEW.state));
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_partner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, 'partner.updated', 'partner', NEW.code, jsonb_build_object(
            'id', NEW.code, 'state', NEW.status, 'is_new', TG_OP = 'INSERT',
            'payouts_stopped', NEW.payouts_stopped_reason IS NOT NULL, 'leaving_since', NEW.leaving_since));
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_payout(of_payout payouts, of_type text)
 RETURNS void
 LANGUAGE sql
AS $function$
    SELECT tell_others(of_payout.tenant_id, of_type, 'payout', of_payout.number, jsonb_build_object(
               'id', of_payout.number, 'state', of_payout.state, 'partner', q.code,
               'net_cents', of_payout.net_cents, 'tax_cents', of_payout.tax_cents, 'gross_cents', of_payout.gross_cents,
               'currency', of_payout.currency, 'period_from', of_payout.period_from, 'period_to', of_payout.period_to,
               'transferred_on', of_payout.transferred_on, 'paid_on', of_payout.paid_on,
               'objected_at', of_payout.objected_at))
      FROM partners q WHERE q.tenant_id = of_payout.tenant_id AND q.id = of_payout.partner_id
    $function$;

CREATE OR REPLACE FUNCTION public.tell_of_payout_fields()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_refund()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_of_transaction(NEW, 'transaction.refunded');
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_task()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF anybody_hears(NEW.tenant_id) THEN
        PERFORM tell_others(NEW.tenant_id, CASE NEW.state WHEN 'open' THEN 'task.opened' ELSE 'task.closed' END, 'task',
            NEW.id::text, jsonb_build_object('id', NEW.id, 'state', NEW.state, 'kind', NEW.kind, 'subject', NEW.subject,
                                             'subject_id', NEW.subject_id, 'reason', NEW.reason_code));
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.tell_of_transaction(sale transactions, of_type text)
 RETURNS void
 LANGUAGE sql
AS $function$
    SELECT tell_others(sale.tenant_id, of_type, 'transaction', sale.id::text, jsonb_build_object(
               'id', sale.id, 'state', sale.state, 'source', sale.source,
               'partner', (SELECT code FROM partners WHERE tenant_id = sale.tenant_id AND id = sale.partner_id),
               'base_cents', sale.base_cents, 'gross_cents', sale.gross_cents, 'refunded_cents', sale.refunded_cents,
               'currency', sale.currency, 'sold_at', sale.sold_at))
    $function$;

CREATE OR REPLACE FUNCTION public.tell_others(of_tenant uuid, of_type text, of_subject text, of_subject_id text, with_data jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
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
    $function$;

CREATE OR REPLACE FUNCTION public.tell_the_release_before_of_payout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.tell_the_release_before_of_sale()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    SELECT string_agg(sentence_of_hold(code, params), '; ' ORDER BY since, code) FILTER (WHERE code <> 'invoice_voided'),
           min(sentence_of_hold(code, params)) FILTER (WHERE code = 'invoice_voided')
      INTO NEW.held_reason, NEW.blocked_reason
      FROM sale_holds
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.tell_worker_ended(worker text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ DELETE FROM running_workers WHERE name = worker $function$;
REVOKE ALL ON FUNCTION tell_worker_ended(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_worker_ended(text) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.tell_worker_runs(worker text, formulas integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DELETE FROM running_workers WHERE seen_at < now() - interval '1 day';
    INSERT INTO running_workers AS r (name, reads) VALUES (worker, formulas)
    ON CONFLICT (name) DO UPDATE SET reads = EXCLUDED.reads, seen_at = now(),
           started_at = CASE WHEN r.reads = EXCLUDED.reads THEN r.started_at ELSE now() END;
    $function$;
REVOKE ALL ON FUNCTION tell_worker_runs(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_worker_runs(text, integer) TO partnerdesk_app;

CREATE OR REPLACE FUNCTION public.touch_payout_of_line()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE payouts SET net_cents = net_cents, updated_at = now()
     WHERE (tenant_id, id) IN (SELECT DISTINCT tenant_id, payout_id FROM changed);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.vat_check_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    personal text[] := ARRAY['vat_id', 'asked', 'told'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'PD050';
    END IF;
    -- Erasure leaves that there was an answer, and nothing of whom.
    IF NEW.vat_id = 'ERASED' AND NEW.asked IS NULL AND NEW.told IS NULL
       AND (to_jsonb(NEW) - personal) = (to_jsonb(OLD) - personal) THEN
        RETURN NEW;
    END IF;
    IF OLD.answer IS NOT NULL AND NEW IS DISTINCT FROM OLD
       OR (NEW.partner_id, NEW.vat_id, NEW.asked_by, NEW.asked_at) IS DISTINCT FROM (OLD.partner_id, OLD.vat_id, OLD.asked_by, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'PD050';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.want_paper()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- Only what is final has a file: of a draft there is none.
    INSERT INTO papers_wanted (tenant_id, resource_id, payout_id)
    SELECT NEW.tenant_id, NEW.resource_id, NEW.payout_id
     WHERE NOT EXISTS (SELECT 1 FROM credit_note_papers
                        WHERE tenant_id = NEW.tenant_id AND resource_id = NEW.resource_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.want_schedule()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO schedules_wanted (tenant_id, kind) VALUES ((to_jsonb(NEW) ->> TG_ARGV[1])::uuid, TG_ARGV[0])
    ON CONFLICT (tenant_id, kind) DO UPDATE SET wanted_at = clock_timestamp();
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.who_acts()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ SELECT COALESCE('user:' || current_person(), NULLIF(current_setting('app.cause', true), ''), 'engine') $function$;
