-- The books side of own documents (rules.md, strategy B): what vouchers are booked to, what an admin has confirmed about
-- § 13b, whose contact a voucher names, and the file that was attached to it.

-- lexoffice's list as it was last read, whole: an admin chooses from it. One row for each tenant.
CREATE TABLE posting_category_lists (
    tenant_id       uuid PRIMARY KEY REFERENCES tenants,
    organization_id uuid,
    categories      jsonb NOT NULL DEFAULT '[]',
    read_at         timestamptz,
    wanted_at       timestamptz  -- somebody waits for it: the next sweep reads it, whatever day it is
);
SELECT protect_tenant_table('posting_category_lists', rights => 'SELECT, INSERT, UPDATE');

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
SELECT protect_tenant_table('posting_category_mapping', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- That somebody has looked at the Voranmeldung of one voucher of the kind, in this organisation.
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
SELECT protect_tenant_table('thirteen_b_confirmations', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- The contact that a partner's vouchers name, in one organisation, and that it has both roles.
CREATE TABLE partner_contacts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    organization_id uuid NOT NULL,
    partner_id      uuid NOT NULL,
    contact_id      uuid,  -- NULL: it is being made
    sent_at         timestamptz,  -- of the POST that made it, or may have
    settled_at      timestamptz,  -- it has both roles, or nobody but a person can give them
    PRIMARY KEY (tenant_id, organization_id, partner_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
SELECT protect_tenant_table('partner_contacts', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- A voucher has a file, and „neu buchen" a decision of its own: at most one booking follows from it.
ALTER TABLE creation_intents ADD COLUMN attached_file uuid,
    ADD COLUMN files_sent integer NOT NULL DEFAULT 0, ADD COLUMN decision_id uuid,
    ADD FOREIGN KEY (tenant_id, decision_id) REFERENCES decisions;
CREATE UNIQUE INDEX one_booking_per_decision ON creation_intents (tenant_id, decision_id)
    WHERE decision_id IS NOT NULL AND (resource_id IS NOT NULL OR closed_at IS NULL);

-- Vouchers are kept as evidence like everything that was fetched.
ALTER TABLE document_snapshots DROP CONSTRAINT document_snapshots_resource_check;
ALTER TABLE document_snapshots ADD CONSTRAINT document_snapshots_resource_check
    CHECK (resource IN ('invoice', 'credit-note', 'payments', 'contact', 'profile', 'purchaseinvoice', 'purchasecreditnote')) NOT VALID;
