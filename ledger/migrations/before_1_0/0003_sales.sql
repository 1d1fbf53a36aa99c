-- Sales (transactions) and what they earn on each level (commissions). Money is whole cents, EUR.

CREATE TABLE transactions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    source          text NOT NULL CHECK (source IN ('stripe', 'lexoffice', 'api')),
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'refunded')),
    -- what an invoice may name as its order reference, beside our own id
    payment_intent  text,
    checkout_session text,
    order_reference text,
    customer_id     uuid,
    customer_contact_id uuid,
    customer_email  text,
    partner_id      uuid,               -- NULL: nobody brought this sale
    campaign_id     uuid,
    plan_id         uuid,
    currency        text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    base_cents      bigint NOT NULL CHECK (base_cents >= 0),  -- what commissions are computed from: net, once final
    tax_cents       bigint NOT NULL DEFAULT 0,
    gross_cents     bigint NOT NULL CHECK (gross_cents >= 0),
    provisional     boolean NOT NULL,   -- true until the invoice (or its own tax data) says what the net is
    paid_cents      bigint NOT NULL DEFAULT 0 CHECK (paid_cents >= 0),
    refunded_cents  bigint NOT NULL DEFAULT 0 CHECK (refunded_cents BETWEEN 0 AND gross_cents),
    sold_at         timestamptz NOT NULL,
    paid_at         timestamptz,
    address         jsonb,
    line_items      jsonb,
    state_reason    text,
    held_reason     text,               -- "Eigenkauf", a dispute
    blocked_reason  text,               -- the invoice is voided and may yet be replaced
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans
);
CREATE UNIQUE INDEX one_sale_per_payment_intent ON transactions (tenant_id, payment_intent)
    WHERE payment_intent IS NOT NULL;
CREATE UNIQUE INDEX one_sale_per_checkout_session ON transactions (tenant_id, checkout_session)
    WHERE checkout_session IS NOT NULL;
CREATE UNIQUE INDEX one_sale_per_order_reference ON transactions (tenant_id, order_reference)
    WHERE order_reference IS NOT NULL;
CREATE INDEX ON transactions (tenant_id, seq);
CREATE INDEX ON transactions (tenant_id, sold_at) WHERE state = 'pending';
CREATE INDEX ON transactions (tenant_id, partner_id, seq);
SELECT protect_tenant_table('transactions');

CREATE TABLE commissions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    kind            text NOT NULL DEFAULT 'sale' CHECK (kind IN ('sale', 'clawback', 'reissue', 'correction')),
    transaction_id  uuid NOT NULL,
    partner_id      uuid NOT NULL,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 10),
    plan_id         uuid,
    percent         numeric(7, 4) NOT NULL DEFAULT 0,
    fixed_cents     bigint NOT NULL DEFAULT 0,
    base_cents      bigint NOT NULL,
    net_cents       bigint NOT NULL,
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'approved', 'in_payout', 'paid', 'reversed')),
    provisional     boolean NOT NULL,
    service_date    date NOT NULL,      -- of the sale, Europe/Berlin: decides the partner's tax status
    origin_id       uuid,               -- of a clawback or a reissue: the commission it answers
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans,
    FOREIGN KEY (tenant_id, origin_id) REFERENCES commissions,
    CHECK (kind = 'correction' OR (kind = 'clawback') = (net_cents < 0)),
    CHECK ((kind IN ('clawback', 'reissue')) = (origin_id IS NOT NULL))
);
CREATE UNIQUE INDEX one_commission_per_sale_and_level ON commissions (tenant_id, transaction_id, level)
    WHERE kind = 'sale';
CREATE INDEX ON commissions (tenant_id, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX ON commissions (tenant_id, seq);
CREATE INDEX ON commissions (tenant_id, partner_id, state, seq);
SELECT protect_tenant_table('commissions');

INSERT INTO state_arrows (subject, from_state, to_state) VALUES
    ('transactions', '', 'pending'),
    ('transactions', 'pending', 'approved'),  ('transactions', 'approved', 'pending'),
    ('transactions', 'pending', 'refunded'),  ('transactions', 'approved', 'refunded'),
    ('transactions', 'refunded', 'pending'),  ('transactions', 'refunded', 'approved'),
    ('commissions', '', 'pending'),           ('commissions', '', 'approved'),
    ('commissions', 'pending', 'approved'),   ('commissions', 'approved', 'pending'),
    ('commissions', 'approved', 'in_payout'), ('commissions', 'in_payout', 'approved'),
    ('commissions', 'in_payout', 'paid'),
    ('commissions', 'pending', 'reversed'),   ('commissions', 'approved', 'reversed'),
    ('commissions', 'reversed', 'pending'),   ('commissions', 'reversed', 'approved');

CREATE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON transactions
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
CREATE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON commissions
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();

-- Amounts of a commission that a payout holds, or has paid, are history.
CREATE FUNCTION settled_commissions_keep_their_amount() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the amount of a commission in a payout may not change' USING ERRCODE = 'PD004';
END $$;
CREATE TRIGGER settled_commissions_keep_their_amount BEFORE UPDATE ON commissions
    FOR EACH ROW
    WHEN (OLD.state IN ('in_payout', 'paid')
          AND (OLD.net_cents, OLD.partner_id, OLD.transaction_id) IS DISTINCT FROM
              (NEW.net_cents, NEW.partner_id, NEW.transaction_id))
    EXECUTE FUNCTION settled_commissions_keep_their_amount();

-- What is taken back never exceeds what was given.
CREATE FUNCTION clawbacks_stay_within_their_commission() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT o.net_cents + COALESCE(sum(c.net_cents), 0)
          FROM commissions o
          LEFT JOIN commissions c ON c.tenant_id = o.tenant_id AND c.origin_id = o.id
                                 AND c.kind = 'clawback' AND c.state <> 'reversed'
         WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.origin_id
         GROUP BY o.net_cents) < 0 THEN
        RAISE EXCEPTION 'more would be clawed back than was earned' USING ERRCODE = 'PD008';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER clawbacks_stay_within_their_commission AFTER INSERT OR UPDATE ON commissions
    FOR EACH ROW WHEN (NEW.kind = 'clawback') EXECUTE FUNCTION clawbacks_stay_within_their_commission();
