-- Credit notes of the tenant that pay no payout, as they were last fetched: whether one corrects the invoice of a sale
-- stands in its text only. What a list shows as it stands here needs no call (ledger/documents/seen_credit_notes.py).
CREATE TABLE seen_credit_notes (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    resource_id uuid NOT NULL,
    status      text NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, resource_id)
);
-- One that was booked before now may have been voided in silence since. Its table is forced to show a tenant's rows only.
ALTER TABLE refunds NO FORCE ROW LEVEL SECURITY;
INSERT INTO seen_credit_notes (tenant_id, resource_id, status, updated_at)
SELECT tenant_id, reference::uuid, CASE WHEN counts THEN 'paidoff' ELSE 'voided' END, as_of
  FROM refunds WHERE kind = 'credit_note';
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
SELECT protect_tenant_table('seen_credit_notes', rights => 'SELECT, INSERT, UPDATE');
