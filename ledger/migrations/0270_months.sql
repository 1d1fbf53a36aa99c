-- A month is reconciled when nothing known as paid is open in the books, or a person said who assigns it there (rules.md, Bank).
CREATE TABLE voucher_assignments (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id    uuid NOT NULL,
    assigned_to  text NOT NULL CHECK (length(assigned_to) BETWEEN 1 AND 200),
    said_by      text NOT NULL,
    said_at      timestamptz NOT NULL DEFAULT now(),
    withdrawn_by text,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    CONSTRAINT who_withdraws_is_known CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
SELECT protect_tenant_table('voucher_assignments', rights => 'SELECT, INSERT');
GRANT UPDATE (withdrawn_by, withdrawn_at) ON voucher_assignments TO partnerdesk_app;
CREATE UNIQUE INDEX one_assignment_of_a_voucher ON voucher_assignments (tenant_id, payout_id) WHERE withdrawn_at IS NULL;

CREATE INDEX payouts_by_hand_of_a_month ON payouts (tenant_id, period_to) WHERE run_id IS NULL;
CREATE INDEX documents_open_of_payouts ON external_documents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND detached_at IS NULL AND status NOT IN ('paid', 'paidoff', 'voided', 'deleted');
