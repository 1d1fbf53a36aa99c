-- An objection to a document of our own ends in one of three ways (rules.md, Objection); which one stays.
CREATE TABLE objection_endings (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    payout_id       uuid NOT NULL,
    ending          text NOT NULL CHECK (ending IN ('reversed', 'own_invoice', 'withdrawn')),
    reversal_id     uuid,  -- the Storno that takes the document back
    invoice_number  text CHECK (length(invoice_number) BETWEEN 1 AND 100),  -- of the partner's own invoice
    invoice_date    date,
    withdrawn_on    date,  -- the partner took the objection back in writing: a new document follows
    ended_by        text NOT NULL,
    ended_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, payout_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals,
    CHECK ((ending = 'own_invoice') = (invoice_number IS NOT NULL)
           AND (ending = 'own_invoice') = (invoice_date IS NOT NULL)
           AND (ending = 'own_invoice') = (reversal_id IS NULL)),
    CHECK ((ending = 'withdrawn') = (withdrawn_on IS NOT NULL))
);
SELECT protect_tenant_table('objection_endings', rights => 'SELECT, INSERT');
