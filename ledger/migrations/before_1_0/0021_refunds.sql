-- Money that went back, what of each commission it takes, and for how long a voided invoice may still be replaced.

-- What was said about money that went back, by whom and when. Each source says its newest word; the sum is the sale's.
CREATE TABLE refunds (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    transaction_id  uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('charge', 'refund_failed', 'dispute', 'credit_note')),
    reference       text NOT NULL,      -- payment intent, refund or dispute at the payment provider; id of a credit note
    document        text,               -- what people call it: number of the credit note
    cents           bigint NOT NULL CHECK (cents >= 0),  -- gross; of a charge: all of it up to then
    of_cents        bigint,             -- of a charge or dispute: the whole charge
    counts          boolean NOT NULL,   -- false: a dispute that is open or won, a credit note that was voided
    is_open         boolean NOT NULL DEFAULT false,
    as_of           timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, reference),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions
);
CREATE INDEX ON refunds (tenant_id, transaction_id);
SELECT protect_tenant_table('refunds', rights => 'SELECT, INSERT, UPDATE');

-- The invoice says one thing, the payment provider may have given everything back: both are kept, the state is theirs.
ALTER TABLE transactions ADD COLUMN invoice_state text CHECK (invoice_state IN ('pending', 'approved', 'refunded'));
ALTER TABLE transactions ADD COLUMN credited_cents bigint NOT NULL DEFAULT 0 CHECK (credited_cents >= 0);
ALTER TABLE transactions ADD COLUMN refund_cause text;      -- of the newest change that took something back
ALTER TABLE transactions ADD COLUMN refund_document text;
ALTER TABLE transactions ADD COLUMN replacement_until timestamptz;
CREATE INDEX replacement_windows ON transactions (tenant_id, replacement_until) WHERE replacement_until IS NOT NULL;

-- `earned_cents` is the whole, before refunds; what is open is lowered in `net_cents`, what is settled is answered by a
-- negative row. `reissued_of`: its payout came back, so it counts no more and this row stands in for it.
ALTER TABLE commissions ADD COLUMN earned_cents bigint;
ALTER TABLE commissions ADD COLUMN cause text;
ALTER TABLE commissions ADD COLUMN cause_document text;
ALTER TABLE commissions ADD COLUMN tax_case text CHECK (tax_case IN ('regular', 'small_business', 'private'));
ALTER TABLE commissions ADD COLUMN reissued_of uuid;
ALTER TABLE commissions ADD FOREIGN KEY (tenant_id, reissued_of) REFERENCES commissions;
CREATE UNIQUE INDEX reissued_once ON commissions (tenant_id, reissued_of) WHERE reissued_of IS NOT NULL;

-- How much of what a payout would hold is netted with claw-backs, at most: in percent, and in cents where that is set.
ALTER TABLE tenants ADD COLUMN clawback_limit_percent integer NOT NULL DEFAULT 100
    CHECK (clawback_limit_percent BETWEEN 1 AND 100);
ALTER TABLE tenants ADD COLUMN clawback_limit_cents bigint CHECK (clawback_limit_cents > 0);

-- Which version of the agreement on self-billing partners must have accepted; NULL: whichever they have.
ALTER TABLE tenants ADD COLUMN agreement_version text CHECK (length(agreement_version) BETWEEN 1 AND 100);

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE commissions SET earned_cents = net_cents;
        UPDATE transactions SET invoice_state = CASE
               WHEN state <> 'refunded' THEN state
               WHEN refunded_cents < gross_cents THEN 'refunded'
               WHEN paid_at IS NOT NULL THEN 'approved' END;
        INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, of_cents, counts, as_of)
        SELECT tenant_id, id, 'charge', payment_intent, refunded_cents, gross_cents, true, now()
          FROM transactions WHERE refunded_cents > 0 AND payment_intent IS NOT NULL;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
-- Pending events of earlier migrations in this transaction would forbid SET NOT NULL.
ALTER TABLE commissions ADD CONSTRAINT a_commission_has_its_whole CHECK (earned_cents IS NOT NULL);

CREATE FUNCTION a_commission_begins_whole() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.earned_cents := COALESCE(NEW.earned_cents, NEW.net_cents);
    RETURN NEW;
END $$;
CREATE TRIGGER a_commission_begins_whole BEFORE INSERT ON commissions
    FOR EACH ROW WHEN (NEW.earned_cents IS NULL) EXECUTE FUNCTION a_commission_begins_whole();

-- What is taken back never exceeds what was given: at the end of each transaction, over all that stands for one
-- commission. What came back with its payout was not given.
DROP TRIGGER clawbacks_stay_within_their_commission ON commissions;
CREATE OR REPLACE FUNCTION clawbacks_stay_within_their_commission() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(c.net_cents) FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND (c.id = NEW.origin_id OR c.origin_id = NEW.origin_id)
           AND c.state <> 'reversed'
           AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.tenant_id = c.tenant_id AND r.reissued_of = c.id)) < 0
    THEN
        RAISE EXCEPTION 'more would be clawed back than was earned' USING ERRCODE = 'PD008';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER clawbacks_stay_within_their_commission AFTER INSERT OR UPDATE ON commissions
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'clawback') EXECUTE FUNCTION clawbacks_stay_within_their_commission();
