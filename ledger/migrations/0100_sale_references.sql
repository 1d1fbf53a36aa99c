-- One payment is one sale (rules.md, Money): what its provider, the shop or an invoice calls it are rows, any of which
-- finds it. The columns of transactions hold the first of each kind, for lists and for the release before.
CREATE TABLE sale_references (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{1,31}$'),  -- payment_intent, charge, order, sale, …
    reference       text NOT NULL CHECK (length(reference) BETWEEN 1 AND 300),
    transaction_id  uuid NOT NULL,
    -- What was paid as its own report tells it, in the smallest unit of the currency; NULL where it is only named.
    currency        text CHECK (currency ~ '^[A-Z]{3}$'),
    paid_units      bigint CHECK (paid_units >= 0),
    tax_units       bigint CHECK (tax_units BETWEEN 0 AND paid_units),
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, reference),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((currency IS NULL) = (paid_units IS NULL)),
    CHECK (tax_units IS NULL OR paid_units IS NOT NULL)
);
CREATE INDEX ON sale_references (tenant_id, reference);
CREATE INDEX ON sale_references (tenant_id, transaction_id);
SELECT protect_tenant_table('sale_references', rights => 'SELECT, INSERT, UPDATE');

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        INSERT INTO sale_references (tenant_id, kind, reference, transaction_id)
        SELECT s.tenant_id, r.kind, r.reference, s.id
          FROM transactions s
         CROSS JOIN LATERAL (VALUES ('payment_intent', s.payment_intent), ('checkout_session', s.checkout_session),
                                    ('provider_invoice', s.provider_invoice),
                                    ('order', ltrim(ltrim(s.order_reference, '#')))) AS r (kind, reference)
         WHERE r.reference <> ''
         ORDER BY s.seq
            ON CONFLICT DO NOTHING;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- Money that turned out to be told of by two sales which were settled already is taken back from one of them.
ALTER TABLE refunds DROP CONSTRAINT refunds_kind_check;
ALTER TABLE refunds ADD CONSTRAINT refunds_kind_check
    CHECK (kind IN ('charge', 'refund_failed', 'dispute', 'credit_note', 'same_payment')) NOT VALID;
