-- What pages need: the language of a person, and what lists and sums are read from.

ALTER TABLE users ADD COLUMN language text CHECK (language IN ('de', 'en'));  -- NULL: not chosen
GRANT UPDATE (language) ON users TO partnerdesk_app;

-- Lists begin at a key and read on in the order of an index; sums by state are read from the index alone.
CREATE INDEX payouts_by_time ON payouts (tenant_id, created_at, seq);
CREATE INDEX payouts_of_a_state ON payouts (tenant_id, state, created_at, seq) INCLUDE (gross_cents);
CREATE INDEX payouts_of_a_partner ON payouts (tenant_id, partner_id, state, created_at, seq) INCLUDE (gross_cents);
CREATE INDEX payouts_that_stand_still ON payouts (tenant_id, state)
    WHERE held_reason IS NOT NULL OR blocked_reason IS NOT NULL;
CREATE INDEX open_commissions ON commissions (tenant_id, state) INCLUDE (net_cents)
    WHERE state IN ('pending', 'approved', 'in_payout');
CREATE INDEX sales_that_stand_still ON transactions (tenant_id, state)
    WHERE held_reason IS NOT NULL OR blocked_reason IS NOT NULL;
CREATE INDEX audit_entries_about ON audit_entries (tenant_id, subject, subject_id, seq);
CREATE INDEX audit_entries_by_time ON audit_entries (tenant_id, at);
CREATE INDEX state_changes_by_time ON state_changes (tenant_id, subject, changed_at);

-- Put back by a person („zurückstellen“). Holds that the ledger itself sets have no name.
ALTER TABLE payouts
    ADD COLUMN held_by text,
    ADD COLUMN held_at timestamptz,
    ADD CHECK ((held_by IS NULL) = (held_at IS NULL)),
    ADD CONSTRAINT who_puts_back_says_why CHECK (held_by IS NULL OR held_reason IS NOT NULL);

-- What people write down about a payout. Nothing is taken back.
CREATE TABLE payout_notes (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id   uuid NOT NULL,
    written_by  text NOT NULL,
    written_at  timestamptz NOT NULL DEFAULT now(),
    note        text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX ON payout_notes (tenant_id, payout_id, written_at);
SELECT protect_tenant_table('payout_notes', rights => 'SELECT, INSERT');

-- How long the sales of a payout waited for it, from the customer's payment to ours: mean over its lines.
ALTER TABLE payouts ADD COLUMN waited_seconds bigint;
CREATE INDEX payouts_paid ON payouts (tenant_id, paid_on) INCLUDE (gross_cents, waited_seconds) WHERE state = 'paid';

CREATE FUNCTION note_how_long_it_took() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    SELECT extract(epoch FROM avg(now() - t.paid_at))::bigint INTO NEW.waited_seconds
      FROM payout_lines l
      JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
      JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
     WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL AND c.kind = 'sale';
    RETURN NEW;
END $$;
CREATE TRIGGER note_how_long_it_took BEFORE UPDATE OF state ON payouts
    FOR EACH ROW WHEN (NEW.state = 'paid' AND OLD.state <> 'paid' AND NEW.waited_seconds IS NULL)
    EXECUTE FUNCTION note_how_long_it_took();

-- Requests to a provider, by the hour. Whoever takes a slot holds the row of its budget, so nobody waits here.
CREATE TABLE api_usage (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    provider    text NOT NULL,
    hour        timestamptz NOT NULL,
    requests    integer NOT NULL CHECK (requests > 0),
    PRIMARY KEY (tenant_id, provider, hour),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
) WITH (fillfactor = 50);
SELECT protect_tenant_table('api_usage');

CREATE FUNCTION count_api_request() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_usage AS u (tenant_id, provider, hour, requests)
    VALUES (NEW.tenant_id, NEW.provider, date_trunc('hour', clock_timestamp()), 1)
    ON CONFLICT (tenant_id, provider, hour) DO UPDATE SET requests = u.requests + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER count_api_request AFTER UPDATE OF next_free_at ON api_budgets
    FOR EACH ROW EXECUTE FUNCTION count_api_request();
