-- Another currency than the euro books nothing and asks a person, who gives rate, day and source; then the euro base is
-- booked and the original kept (rules.md, Money).
CREATE TABLE foreign_payments (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    names           text[] NOT NULL CHECK (cardinality(names) > 0),  -- what its events and documents call it
    currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'EUR'),
    amount          numeric(20, 3) NOT NULL CHECK (amount >= 0),  -- in whole units of the currency, tax included
    tax             numeric(20, 3) CHECK (tax >= 0),
    happened_on     date NOT NULL,
    events          bigint[] NOT NULL DEFAULT '{}',
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'converted', 'dismissed')),
    rate            numeric(20, 8) CHECK (rate > 0),  -- so many units of it were one euro
    rate_day        date,
    rate_source     text CHECK (length(rate_source) BETWEEN 1 AND 200),
    decided_by      text,
    decided_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'converted') = (rate IS NOT NULL)),
    CHECK ((rate IS NULL) = (rate_day IS NULL) AND (rate IS NULL) = (rate_source IS NULL)),
    CHECK ((state = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX ON foreign_payments USING gin (names);
CREATE INDEX ON foreign_payments (tenant_id, currency, decided_at) WHERE state = 'converted';
SELECT protect_tenant_table('foreign_payments', rights => 'SELECT, INSERT, UPDATE');

-- What the euro amounts of a sale were computed from.
ALTER TABLE transactions
    ADD COLUMN original_currency text CHECK (original_currency ~ '^[A-Z]{3}$'),
    ADD COLUMN original_amount numeric(20, 3),
    ADD COLUMN exchange_rate numeric(20, 8) CHECK (exchange_rate > 0),
    ADD COLUMN rate_day date,
    ADD COLUMN rate_source text;
