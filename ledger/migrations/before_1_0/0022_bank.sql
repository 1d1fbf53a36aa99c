-- The tenant's own accounts, and bank runs (Zahlungsläufe): which payouts one file pays, and that very file.

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
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT own_account_in_use_was_confirmed CHECK (state <> 'active' OR confirmed_by IS NOT NULL),
    CONSTRAINT own_account_confirmed_by_a_second_person CHECK (confirmed_by <> recorded_by OR confirmed_alone),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((state IN ('refused', 'retired')) = (ended_at IS NOT NULL))
);
-- A pending one may be about to replace the active one of the same IBAN (another holder, BIC or booking).
CREATE UNIQUE INDEX one_row_per_own_iban_and_state ON tenant_bank_accounts (tenant_id, iban_hmac, state)
    WHERE state IN ('pending', 'active');
SELECT protect_tenant_table('tenant_bank_accounts');

CREATE TABLE bank_run_counters (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    year        integer NOT NULL,
    last        integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
SELECT protect_tenant_table('bank_run_counters');

CREATE TABLE bank_runs (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    number          text NOT NULL CHECK (number ~ '^ZL-[0-9]{4}-[0-9]{4,}$'),
    state           text NOT NULL DEFAULT 'draft'
                    CHECK (state IN ('draft', 'approved', 'exported', 'confirmed', 'cancelled')),
    account_id      uuid NOT NULL,
    execution_date  date NOT NULL,
    batch_booking   boolean NOT NULL,
    payments        integer NOT NULL DEFAULT 0,
    total_cents     bigint NOT NULL DEFAULT 0,
    content_hash    text NOT NULL DEFAULT '',   -- what a second person approves: account, day, booking, lines
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    approved_by     text,
    approved_at     timestamptz,
    approved_alone  boolean NOT NULL DEFAULT false,
    approved_hash   text,
    file_encrypted  bytea,
    file_sha256     bytea CHECK (length(file_sha256) = 32),     -- of the file itself, not of what is stored
    file_made_at    timestamptz,
    downloads       integer NOT NULL DEFAULT 0,
    exported_by     text,
    exported_at     timestamptz,
    confirmed_by    text,
    confirmed_at    timestamptz,
    cancel_requested_by text,
    cancel_requested_at timestamptz,
    cancel_reason   text,
    cancelled_by    text,
    cancelled_at    timestamptz,
    cancelled_alone boolean NOT NULL DEFAULT false,
    state_reason    text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, account_id) REFERENCES tenant_bank_accounts,
    CONSTRAINT approved_by_somebody_else CHECK (approved_by <> created_by OR approved_alone),
    CONSTRAINT a_file_stays_approved CHECK (file_sha256 IS NULL OR approved_hash = content_hash),
    CONSTRAINT exported_means_a_file CHECK (state NOT IN ('exported', 'confirmed') OR file_encrypted IS NOT NULL),
    CONSTRAINT in_force_means_approved
        CHECK (state NOT IN ('approved', 'exported', 'confirmed') OR (approved_by IS NOT NULL AND payments > 0)),
    CONSTRAINT cancelled_with_a_reason CHECK (state <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT exported_is_cancelled_by_two
        CHECK (state <> 'cancelled' OR exported_at IS NULL OR cancelled_alone
               OR cancelled_by IS DISTINCT FROM cancel_requested_by AND cancel_requested_by IS NOT NULL),
    CHECK ((file_encrypted IS NULL) = (file_sha256 IS NULL))
);
CREATE INDEX ON bank_runs (tenant_id, seq);
SELECT protect_tenant_table('bank_runs');

INSERT INTO state_arrows (subject, from_state, to_state) VALUES
    ('bank_runs', '', 'draft'),
    ('bank_runs', 'draft', 'approved'),     ('bank_runs', 'draft', 'cancelled'),
    ('bank_runs', 'approved', 'draft'),     -- a payment dropped out before the file was made: approve anew
    ('bank_runs', 'approved', 'cancelled'),
    ('bank_runs', 'approved', 'exported'),
    ('bank_runs', 'exported', 'confirmed'), ('bank_runs', 'exported', 'cancelled');
CREATE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON bank_runs
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();

-- One payment of a run. `released_at`: it dropped out, or the run was cancelled; else its payout is in no other run.
CREATE TABLE bank_run_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    run_id          uuid NOT NULL,
    position        integer NOT NULL,
    payout_id       uuid NOT NULL,
    bank_details_id uuid NOT NULL,      -- the account of the approval
    creditor        text NOT NULL CHECK (length(creditor) BETWEEN 1 AND 70),    -- in SEPA's characters
    amount_cents    bigint NOT NULL CHECK (amount_cents > 0),                   -- the document's gross
    end_to_end_id   text NOT NULL CHECK (length(end_to_end_id) BETWEEN 1 AND 35),
    remittance      text NOT NULL CHECK (length(remittance) BETWEEN 1 AND 140),
    released_at     timestamptz,
    released_reason text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, run_id, position),
    FOREIGN KEY (tenant_id, run_id) REFERENCES bank_runs,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    CHECK ((released_at IS NULL) = (released_reason IS NULL))
);
CREATE UNIQUE INDEX a_payout_in_at_most_one_bank_run ON bank_run_lines (tenant_id, payout_id) WHERE released_at IS NULL;
CREATE UNIQUE INDEX an_end_to_end_id_once ON bank_run_lines (tenant_id, end_to_end_id) WHERE released_at IS NULL;
CREATE INDEX ON bank_run_lines (tenant_id, run_id);
SELECT protect_tenant_table('bank_run_lines');

-- Number and sum of a run are those of its payments, and what two persons saw is what the file holds.
CREATE FUNCTION bank_run_adds_up() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    run   bank_runs%ROWTYPE;
    lines record;
BEGIN
    SELECT * INTO run FROM bank_runs WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    IF run.state = 'cancelled' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS payments, COALESCE(sum(amount_cents), 0) AS total INTO lines
      FROM bank_run_lines WHERE tenant_id = NEW.tenant_id AND run_id = NEW.id AND released_at IS NULL;
    IF (lines.payments, lines.total) IS DISTINCT FROM (run.payments::bigint, run.total_cents::numeric) THEN
        RAISE EXCEPTION 'the payments of run % do not add up', run.number USING ERRCODE = 'PD005';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bank_run_adds_up AFTER INSERT OR UPDATE OF state, payments, total_cents ON bank_runs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_run_adds_up();

CREATE FUNCTION bank_run_lines_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.run_id, NEW.payout_id, NEW.bank_details_id, NEW.creditor, NEW.amount_cents,
                             NEW.end_to_end_id, NEW.remittance)
                            IS DISTINCT FROM
                            (OLD.run_id, OLD.payout_id, OLD.bank_details_id, OLD.creditor, OLD.amount_cents,
                             OLD.end_to_end_id, OLD.remittance) THEN
        RAISE EXCEPTION 'a payment of a bank run does not change' USING ERRCODE = 'PD020';
    END IF;
    -- Lines come and go while the run is a draft; all of them are released with a run that is cancelled.
    IF NOT EXISTS (SELECT 1 FROM bank_runs
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.run_id
                      AND (state = 'draft' OR state = 'cancelled' AND TG_OP = 'UPDATE')) THEN
        RAISE EXCEPTION 'the payments of an approved bank run do not change' USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bank_run_lines_stay AFTER INSERT OR UPDATE ON bank_run_lines
    FOR EACH ROW EXECUTE FUNCTION bank_run_lines_stay();

-- The file is made once; what can be stored anew is its encryption alone.
CREATE FUNCTION bank_file_stays() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the file of bank run % was made', OLD.number USING ERRCODE = 'PD020';
END $$;
CREATE TRIGGER bank_file_stays BEFORE UPDATE ON bank_runs FOR EACH ROW
    WHEN (OLD.file_sha256 IS NOT NULL
          AND (OLD.file_sha256, OLD.content_hash, OLD.payments, OLD.total_cents, OLD.account_id, OLD.execution_date,
               OLD.batch_booking, OLD.approved_hash)
              IS DISTINCT FROM
              (NEW.file_sha256, NEW.content_hash, NEW.payments, NEW.total_cents, NEW.account_id, NEW.execution_date,
               NEW.batch_booking, NEW.approved_hash))
    EXECUTE FUNCTION bank_file_stays();

-- An exported payout never changes what is paid (its state goes on).
CREATE FUNCTION exported_payouts_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL
                  AND r.state IN ('exported', 'confirmed')) THEN
        RAISE EXCEPTION 'payout % is in a bank file', NEW.number USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER exported_payouts_stay AFTER UPDATE ON payouts FOR EACH ROW
    WHEN ((OLD.net_cents, OLD.tax_cents, OLD.gross_cents, OLD.partner_id, OLD.bank_details_id, OLD.number)
          IS DISTINCT FROM
          (NEW.net_cents, NEW.tax_cents, NEW.gross_cents, NEW.partner_id, NEW.bank_details_id, NEW.number))
    EXECUTE FUNCTION exported_payouts_stay();

-- Thousands of payouts are judged together: which intent made their credit note?
CREATE INDEX intents_of_a_payout ON creation_intents (tenant_id, payout_id) WHERE payout_id IS NOT NULL;
