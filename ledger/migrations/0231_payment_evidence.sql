-- What bookings prove of payouts (rules.md, Bank): a debit, its return, its reversal. Evidence is added, never changed; what takes
-- a debit back names it, once. A tenant chooses who says that a payout is paid.
CREATE TABLE payment_evidence (
    tenant_id      uuid NOT NULL REFERENCES tenants,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    payout_id      uuid NOT NULL,
    entry_id       uuid NOT NULL,
    run_line_id    uuid,           -- the payment of a file that it proves; NULL where a person assigned it
    kind           text NOT NULL CHECK (kind IN ('debit', 'return', 'reversal')),
    end_to_end_id  text NOT NULL,
    amount_cents   bigint NOT NULL CHECK (amount_cents > 0),
    booked_on      date NOT NULL,
    bank_reference text,
    reason_code    text CHECK (length(reason_code) <= 70),
    cancels        uuid,           -- of a return or reversal: the debit that it takes back, where that is known
    assigned_by    text,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, entry_id, payout_id, kind),
    UNIQUE (tenant_id, cancels),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries,
    FOREIGN KEY (tenant_id, run_line_id) REFERENCES bank_run_lines,
    FOREIGN KEY (tenant_id, cancels) REFERENCES payment_evidence,
    CONSTRAINT a_debit_takes_nothing_back CHECK (kind <> 'debit' OR cancels IS NULL),
    CONSTRAINT a_debit_was_proved_or_assigned CHECK (kind <> 'debit' OR run_line_id IS NOT NULL OR assigned_by IS NOT NULL)
);
SELECT protect_tenant_table('payment_evidence', rights => 'SELECT, INSERT');
-- A return may be told before the debit that it takes back.
GRANT UPDATE (cancels) ON payment_evidence TO partnerdesk_app;
CREATE INDEX evidence_of_a_payout ON payment_evidence (tenant_id, payout_id, seq);

ALTER TABLE payouts ADD COLUMN transferred_on date;
ALTER TABLE payouts ADD COLUMN bank_reference text;
ALTER TABLE tenants ADD COLUMN paid_by text NOT NULL DEFAULT 'lexoffice'
    CHECK (paid_by IN ('lexoffice', 'bank', 'both'));
