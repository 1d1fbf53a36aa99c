-- Verification of Payee (Regulation (EU) 2024/886): what the payee's bank said of name and account, kept per account with its day.
CREATE TABLE payee_checks (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    bank_details_id uuid NOT NULL,
    result          text NOT NULL CHECK (result IN ('match', 'close', 'none', 'not_possible')),
    holder_at_bank  text CHECK (length(holder_at_bank) BETWEEN 1 AND 140),
    checked_on      date NOT NULL,
    reported        boolean NOT NULL,   -- by a file of the bank; else read from its page by whoever recorded it
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details ON DELETE CASCADE,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT a_bank_names_a_holder_that_is_alike CHECK (holder_at_bank IS NULL OR result = 'close'),
    CONSTRAINT only_no_match_is_confirmed CHECK (confirmed_at IS NULL OR result = 'none')
);
SELECT protect_tenant_table('payee_checks', rights => 'SELECT, INSERT, UPDATE');
CREATE INDEX newest_payee_check ON payee_checks (tenant_id, bank_details_id, seq DESC);

ALTER TABLE bank_runs ADD COLUMN name_check boolean NOT NULL DEFAULT true;

-- Which accounts a bank refused, and what left to them since.
CREATE INDEX returns_of_payments ON payment_evidence (tenant_id, run_line_id) WHERE kind = 'return';
CREATE INDEX payments_to_an_account ON bank_run_lines (tenant_id, bank_details_id);
