-- What the bank writes (rules.md, Bank): files kept whole, statements of own accounts, bookings that are known once whoever
-- tells them, and their details. Names and texts are kept only of what may be about payouts.
CREATE TABLE statement_files (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    seq               bigint GENERATED ALWAYS AS IDENTITY,
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    format            text NOT NULL CHECK (length(format) BETWEEN 1 AND 40),
    size_bytes        integer NOT NULL CHECK (size_bytes > 0),
    content_encrypted bytea NOT NULL,  -- compressed first; empty once its time is over
    brought_by        text NOT NULL,
    brought_how       text NOT NULL CHECK (brought_how IN ('page', 'api', 'command', 'folder')),
    brought_at        timestamptz NOT NULL DEFAULT now(),
    matched_at        timestamptz,
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, sha256)
);
SELECT protect_tenant_table('statement_files', rights => 'SELECT, INSERT, UPDATE');
SELECT allow_lookup('statement_files');
CREATE INDEX statement_files_newest ON statement_files (tenant_id, seq DESC);
CREATE INDEX statement_files_to_match ON statement_files (brought_at) WHERE matched_at IS NULL;

CREATE TABLE bank_statements (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    file_id       uuid NOT NULL,
    account_id    uuid NOT NULL,  -- the oldest row of this IBAN: it stays when the account is recorded anew
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
    new_entries   integer NOT NULL CHECK (new_entries BETWEEN 0 AND entries),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, file_id) REFERENCES statement_files,
    FOREIGN KEY (tenant_id, account_id) REFERENCES tenant_bank_accounts
);
SELECT protect_tenant_table('bank_statements', rights => 'SELECT, INSERT');
CREATE INDEX statements_of_a_file ON bank_statements (tenant_id, file_id);
CREATE INDEX numbers_of_statements ON bank_statements (tenant_id, account_id, told_by, year, number) WHERE kind = 'statement';

CREATE TABLE bank_entries (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    account_id      uuid NOT NULL,
    statement_id    uuid NOT NULL,  -- which told it first
    booked_by       uuid,           -- the statement that books it; NULL while it is a preview, or details alone
    known_by        bytea NOT NULL CHECK (length(known_by) = 32),
    booked_on       date,
    valued_on       date,
    amount_cents    bigint CHECK (amount_cents BETWEEN 0 AND 999999999999999),
    currency        text,
    direction       text CHECK (direction IN ('debit', 'credit')),
    reversal        boolean NOT NULL,
    bank_references jsonb NOT NULL,  -- of each that told it, camt or mt940: its reference, or null where it gave none
    refers_to       text NOT NULL,   -- what it is recognised by where the bank gives no reference
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
    FOREIGN KEY (tenant_id, statement_id) REFERENCES bank_statements,
    FOREIGN KEY (tenant_id, booked_by) REFERENCES bank_statements,
    CONSTRAINT what_is_no_payout_keeps_no_text CHECK (concerns_us OR text IS NULL),
    CONSTRAINT an_outcome_has_its_parameters CHECK ((outcome_code IS NULL) = (outcome_params IS NULL))
);
SELECT protect_tenant_table('bank_entries', rights => 'SELECT, INSERT, UPDATE');
CREATE INDEX entries_by_day ON bank_entries (tenant_id, account_id, booked_on);
CREATE INDEX entries_newest ON bank_entries (tenant_id, seq DESC) WHERE concerns_us;
CREATE INDEX entries_open ON bank_entries (tenant_id, seq DESC) WHERE state IN ('waiting', 'unresolved');

CREATE TABLE bank_entry_details (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    entry_id            uuid NOT NULL,
    position            integer NOT NULL CHECK (position >= 0),
    end_to_end_id       text,
    payment_reference   text,
    bank_reference      text,
    amount_cents        bigint CHECK (amount_cents BETWEEN 0 AND 999999999999999),
    charges_cents       bigint,
    currency            text,
    direction           text CHECK (direction IN ('debit', 'credit')),
    other_name          text,
    other_iban_hmac     bytea CHECK (length(other_iban_hmac) = 32),
    other_iban_last4    text,
    code                text,
    business_code       text,
    return_code         text,
    return_text         text,
    text                text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, entry_id, position),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries
);
SELECT protect_tenant_table('bank_entry_details', rights => 'SELECT, INSERT, UPDATE');
CREATE INDEX details_by_reference ON bank_entry_details (tenant_id, end_to_end_id) WHERE end_to_end_id IS NOT NULL;

-- A key for whoever brings statements, the EBICS client of a tenant for instance.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_scopes_check;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_check
    CHECK (scopes <@ ARRAY['read', 'write', 'approve', 'bank', 'statements'] AND cardinality(scopes) > 0) NOT VALID;
