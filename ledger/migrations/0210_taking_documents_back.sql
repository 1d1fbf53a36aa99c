-- A decision to take an issued document back (Storno) or to correct earlier ones: the row from which its own document is
-- made, booked and delivered (rules.md, strategy B).
CREATE TABLE own_reversals (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    kind            text NOT NULL CHECK (kind IN ('reversal', 'correction')),
    partner_id      uuid NOT NULL,
    payout_id       uuid,  -- whose document a Storno takes back
    original_id     uuid,  -- NULL: a correction of several earlier documents
    tax_case        text NOT NULL,
    books           text NOT NULL CHECK (books IN ('lexoffice', 'none')),
    ground          text NOT NULL CHECK (ground IN ('error', 'change', 'objection')),
    counts_in       date NOT NULL CHECK (extract(day FROM counts_in) = 1),  -- the month of VAT that it changes
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    draft           jsonb NOT NULL,
    gross_cents     bigint NOT NULL CHECK (gross_cents < 0),
    requested_by    text NOT NULL,
    requested_at    timestamptz NOT NULL DEFAULT now(),
    decided_by      text,
    decided_at      timestamptz,
    confirmed       boolean,
    decided_alone   boolean NOT NULL DEFAULT false,  -- though above the limit: one person approves alone here
    document_id     uuid,
    stage           text CHECK (stage IN ('issued', 'booked', 'delivered')),
    blocked_code    text,
    blocked_params  jsonb,
    announced_at    timestamptz,
    withdrawn_at    timestamptz,  -- before it was handed out: its document is closed
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, original_id) REFERENCES own_documents,
    FOREIGN KEY (tenant_id, document_id) REFERENCES own_documents,
    UNIQUE (tenant_id, document_id),
    CHECK ((kind = 'reversal') = (payout_id IS NOT NULL)),
    CHECK (kind = 'correction' OR original_id IS NOT NULL),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (confirmed IS NULL)),
    CHECK (stage IS NULL OR confirmed),
    CHECK ((stage IS NULL) = (document_id IS NULL)),
    CHECK (books <> 'none' OR stage IS DISTINCT FROM 'booked'),
    CHECK ((blocked_code IS NULL) = (blocked_params IS NULL)),
    CHECK (withdrawn_at IS NULL OR stage IS DISTINCT FROM 'delivered')
);
CREATE UNIQUE INDEX one_open_reversal_of_a_document ON own_reversals (tenant_id, original_id)
    WHERE kind = 'reversal' AND withdrawn_at IS NULL AND confirmed IS NOT FALSE;
CREATE INDEX own_reversals_of_a_payout ON own_reversals (tenant_id, payout_id);
CREATE INDEX own_reversals_of_a_partner ON own_reversals (tenant_id, partner_id, seq);
CREATE INDEX own_reversals_under_way ON own_reversals (tenant_id, requested_at)
    WHERE confirmed AND withdrawn_at IS NULL AND stage IS DISTINCT FROM 'delivered';
SELECT protect_tenant_table('own_reversals');
SELECT allow_lookup('own_reversals');

ALTER TABLE tenants ADD COLUMN reversal_code text NOT NULL DEFAULT '389' CHECK (reversal_code IN ('389', '261'));
