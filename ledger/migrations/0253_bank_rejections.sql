-- What the bank rejected of a file of ours (pain.002, RJCT), by payment. It frees the payment for another file only once a second
-- person has confirmed it (rules.md, Bank).
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
SELECT protect_tenant_table('bank_rejections', rights => 'SELECT, INSERT, UPDATE');
