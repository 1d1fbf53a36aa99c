-- „Erneut überweisen" (rules.md, States): what came back goes into one further file, on the same document, to the account now in
-- force, by two persons. The row is their decision; the attempt's number stands in the EndToEndId (PO-2026-0001-2).
CREATE TABLE payment_attempts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    payout_id       uuid NOT NULL,
    attempt         integer NOT NULL CHECK (attempt BETWEEN 2 AND 99),
    bank_details_id uuid NOT NULL,
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    in_the_books    text,           -- what the books said of the document by then; NULL without books
    requested_by    text NOT NULL,
    requested_at    timestamptz NOT NULL DEFAULT now(),
    confirmed_by    text,
    confirmed_at    timestamptz,
    confirmed_alone boolean NOT NULL DEFAULT false,
    ended_by        text,
    ended_at        timestamptz,
    ended_how       text CHECK (ended_how IN ('refused', 'withdrawn', 'paid', 'returned', 'cancelled')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_how IS NULL)),
    CONSTRAINT refused_before_it_was_confirmed CHECK (ended_how IS DISTINCT FROM 'refused' OR confirmed_at IS NULL)
);
SELECT protect_tenant_table('payment_attempts', rights => 'SELECT, INSERT, UPDATE');
CREATE UNIQUE INDEX one_open_attempt_of_a_payout ON payment_attempts (tenant_id, payout_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX an_attempt_is_confirmed_once ON payment_attempts (tenant_id, payout_id, attempt)
    WHERE confirmed_at IS NOT NULL;

-- Who is asked already what becomes of a payout that came back may say so, too; not where its document is taken back.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE tasks SET actions = ARRAY['transfer_again'] || actions
         WHERE tenant_id = t.id AND kind = 'returned' AND state = 'open' AND 'paid' = ANY (actions);
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
