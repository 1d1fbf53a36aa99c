-- What the table of own documents (rules.md, strategy B) asks beside what is known: the tenant's own VAT status where no books
-- say it, who is no supplier at all, when a private person said so, from where a service is rendered where seat and number
-- disagree, and the turnover that decides until when a regular partner may get paper.
ALTER TABLE tenants ADD COLUMN small_business boolean;
ALTER TABLE tenants ADD COLUMN own_document_profile text NOT NULL DEFAULT 'en16931'
    CHECK (own_document_profile IN ('en16931', 'xrechnung'));
ALTER TABLE tenants ADD COLUMN buyer_reference text CHECK (length(buyer_reference) BETWEEN 1 AND 100);
ALTER TABLE tenants ADD CONSTRAINT xrechnung_has_a_buyer_reference
    CHECK (own_document_profile <> 'xrechnung' OR buyer_reference IS NOT NULL);

ALTER TABLE partner_tax_statuses ADD COLUMN exclusion text CHECK (exclusion IN ('employee', 'exempt_mediation'));
ALTER TABLE partner_tax_statuses ADD COLUMN declared_on date;

CREATE TABLE seat_decisions (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id    uuid NOT NULL,
    -- What was looked at: with another address or number the question is a new one.
    country_code  text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    vat_id        text NOT NULL,
    rendered_from text NOT NULL CHECK (rendered_from ~ '^[A-Z]{2}$'),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    decided_by    text NOT NULL,
    decided_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
CREATE INDEX ON seat_decisions (tenant_id, partner_id, decided_at);
SELECT protect_tenant_table('seat_decisions', rights => 'SELECT, INSERT, UPDATE');  -- erasure blanks them

CREATE TABLE turnover_answers (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    year         integer NOT NULL CHECK (year BETWEEN 2020 AND 2200),  -- in which the turnover was made
    above_limit  boolean NOT NULL,
    answered_by  text NOT NULL,
    answered_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, year)
);
SELECT protect_tenant_table('turnover_answers', rights => 'SELECT, INSERT, UPDATE');

-- From 2028 on a credit note of lexoffice for a regular partner needs an admin who says why it may be.
CREATE TABLE credit_note_confirmations (
    tenant_id     uuid PRIMARY KEY REFERENCES tenants,
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    confirmed_by  text NOT NULL,
    confirmed_at  timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant_table('credit_note_confirmations', rights => 'SELECT, INSERT, UPDATE');
