-- A later payment of a known subscription or customer belongs to its partner (rules.md, What a fetched document means):
-- how a sale got its partner, when a person last said whose a customer is, and whom a checkout named that cost nothing.
ALTER TABLE transactions ADD COLUMN partner_by text
    CHECK (partner_by IN ('name', 'person', 'subscription', 'customer'));  -- NULL: recorded before 1.0
ALTER TABLE customers ADD COLUMN assigned_at timestamptz;  -- NULL: nobody said anything, or before 1.0

CREATE TABLE introductions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    reference       text NOT NULL CHECK (length(reference) BETWEEN 1 AND 300),  -- the checkout that named the partner
    subscription    text CHECK (length(subscription) BETWEEN 1 AND 300),
    customer_id     uuid,
    partner_id      uuid NOT NULL,
    campaign_id     uuid,
    told_at         timestamptz NOT NULL,
    recorded_by     text NOT NULL DEFAULT who_acts(),
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    CHECK (subscription IS NOT NULL OR customer_id IS NOT NULL)
);
CREATE INDEX ON introductions (tenant_id, subscription) WHERE subscription IS NOT NULL;
CREATE INDEX ON introductions (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
SELECT protect_tenant_table('introductions', rights => 'SELECT, INSERT, UPDATE');

-- Sales that belong to nobody yet, of a customer: looked for when it becomes known whose they are.
CREATE INDEX sales_of_nobody ON transactions (tenant_id, customer_id) WHERE partner_id IS NULL AND customer_id IS NOT NULL;

ALTER TABLE refunds VALIDATE CONSTRAINT refunds_kind_check;
