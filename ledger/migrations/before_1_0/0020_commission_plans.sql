-- What a campaign pays: tiers by the month's revenue, caps, recurring payments; the month's close; holds.

ALTER TABLE plans
    ADD COLUMN version integer CHECK (version > 0),
    ADD COLUMN tier_mode text CHECK (tier_mode IN ('flat', 'graduated')),
    ADD COLUMN max_payments integer CHECK (max_payments > 0),           -- of one customer or subscription
    ADD COLUMN cap_per_month_cents bigint CHECK (cap_per_month_cents > 0),  -- per partner, all levels together
    -- Something is left for the month's close.
    ADD COLUMN closes_monthly boolean NOT NULL
        GENERATED ALWAYS AS (tier_mode IS NOT NULL OR cap_per_month_cents IS NOT NULL) STORED;
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE plans p SET version = n.version
          FROM (SELECT id, row_number() OVER (PARTITION BY campaign_id ORDER BY created_at, valid_from) AS version
                  FROM plans WHERE tenant_id = t.id) n
         WHERE p.tenant_id = t.id AND p.id = n.id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- Whoever adds a plan holds its campaign, so that versions run 1, 2, 3 …
CREATE FUNCTION number_the_plan() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version IS NULL THEN
        PERFORM 1 FROM campaigns WHERE tenant_id = NEW.tenant_id AND id = NEW.campaign_id FOR UPDATE;
        NEW.version := 1 + COALESCE((SELECT max(version) FROM plans
                                      WHERE tenant_id = NEW.tenant_id AND campaign_id = NEW.campaign_id), 0);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_the_plan BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION number_the_plan();
-- Pending events of earlier migrations in this transaction would forbid SET NOT NULL.
ALTER TABLE plans ADD CONSTRAINT a_plan_has_a_version CHECK (version IS NOT NULL);
CREATE UNIQUE INDEX versions_of_a_campaign ON plans (tenant_id, campaign_id, version);
CREATE INDEX plans_to_close ON plans (tenant_id, id) WHERE closes_monthly;

ALTER TABLE plan_levels ADD COLUMN cap_per_sale_cents bigint CHECK (cap_per_sale_cents > 0);

-- From this monthly revenue on. Below the first tier the level's own rate holds.
CREATE TABLE plan_tiers (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    plan_id     uuid NOT NULL,
    level       smallint NOT NULL,
    from_cents  bigint NOT NULL CHECK (from_cents > 0),
    percent     numeric(7, 4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    PRIMARY KEY (tenant_id, plan_id, level, from_cents),
    FOREIGN KEY (tenant_id, plan_id, level) REFERENCES plan_levels
);
SELECT protect_tenant_table('plan_tiers', rights => 'SELECT, INSERT');

-- "Levels that together exceed the base are refused" (rules.md, Money): each level counts with its highest tier.
CREATE OR REPLACE FUNCTION plan_fits_its_base() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(greatest(l.percent, (SELECT max(t.percent) FROM plan_tiers t
                                         WHERE t.tenant_id = l.tenant_id AND t.plan_id = l.plan_id
                                           AND t.level = l.level)))
          FROM plan_levels l WHERE l.tenant_id = NEW.tenant_id AND l.plan_id = NEW.plan_id) > 100 THEN
        RAISE EXCEPTION 'the levels of a plan together exceed the base' USING ERRCODE = 'PD002';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_fits_its_base AFTER INSERT OR UPDATE ON plan_tiers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_fits_its_base();

-- Which payment of its customer or subscription a sale is, counted in the order in which they were recorded.
ALTER TABLE transactions
    ADD COLUMN subscription text CHECK (length(subscription) BETWEEN 1 AND 255),
    ADD COLUMN payment_number integer CHECK (payment_number > 0);
CREATE INDEX sales_of_a_subscription ON transactions (tenant_id, subscription) WHERE subscription IS NOT NULL;

-- `calculation` explains the amount: plan version, level, rule, in words and in numbers.
ALTER TABLE commissions
    ADD COLUMN calculation jsonb,
    ADD COLUMN campaign_id uuid,        -- of a month's close, which has no sale
    ADD COLUMN month date,
    ADD COLUMN month_part integer,
    ADD COLUMN free_from timestamptz,   -- of a line without a sale: when its hold begins
    ALTER COLUMN transaction_id DROP NOT NULL,
    ADD FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    DROP CONSTRAINT commissions_kind_check,
    ADD CONSTRAINT commissions_kind_check
        CHECK (kind IN ('sale', 'clawback', 'reissue', 'correction', 'month_close')),
    DROP CONSTRAINT commissions_check,
    ADD CONSTRAINT commissions_check CHECK (kind IN ('correction', 'month_close') OR (kind = 'clawback') = (net_cents < 0)),
    ADD CONSTRAINT a_line_has_its_sale_or_its_month
        CHECK (CASE WHEN month IS NULL THEN transaction_id IS NOT NULL AND kind <> 'month_close' AND month_part IS NULL
                    ELSE transaction_id IS NULL AND campaign_id IS NOT NULL AND month_part IS NOT NULL
                         -- The others stand in for a line that came back with its payout.
                         AND kind IN ('month_close', 'correction', 'reissue') END);

-- One settlement per partner, campaign and month; what changes later makes a further part.
CREATE TABLE month_settlements (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    partner_id      uuid NOT NULL,
    campaign_id     uuid NOT NULL,
    month           date NOT NULL CHECK (extract(day FROM month) = 1),
    part            integer NOT NULL CHECK (part > 0),
    due_cents       bigint NOT NULL,        -- what the month is worth, now that it is known
    given_cents     bigint NOT NULL,        -- by the commissions of its sales
    settled_cents   bigint NOT NULL,        -- by earlier parts
    difference_cents bigint NOT NULL CHECK (difference_cents = due_cents - given_cents - settled_cents
                                            AND difference_cents <> 0),
    detail          jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, partner_id, campaign_id, month, part),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns
);
SELECT protect_tenant_table('month_settlements', rights => 'SELECT, INSERT');
CREATE UNIQUE INDEX one_line_per_settlement ON commissions (tenant_id, partner_id, campaign_id, month, month_part)
    WHERE kind = 'month_close';
CREATE INDEX lines_of_a_month ON commissions (tenant_id, campaign_id, month) WHERE month IS NOT NULL;

-- The line of a settlement is its difference, and what was written stays (rules.md: never by changing what was paid).
CREATE FUNCTION line_is_its_settlement() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM month_settlements
                    WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND campaign_id = NEW.campaign_id
                      AND month = NEW.month AND part = NEW.month_part AND difference_cents = NEW.net_cents) THEN
        RAISE EXCEPTION 'the line of a month is not what was settled' USING ERRCODE = 'PD030';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER line_is_its_settlement AFTER INSERT OR UPDATE OF net_cents, partner_id ON commissions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'month_close')
    EXECUTE FUNCTION line_is_its_settlement();

CREATE TABLE month_closes (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    month           date NOT NULL CHECK (extract(day FROM month) = 1),
    first_closed_at timestamptz NOT NULL DEFAULT now(),
    last_closed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, month)
);
SELECT protect_tenant_table('month_closes');

-- Stornofrist: days from the day on which the customer paid (Europe/Berlin). A campaign may have its own.
ALTER TABLE tenants ADD COLUMN hold_days integer NOT NULL DEFAULT 0 CHECK (hold_days BETWEEN 0 AND 365);
ALTER TABLE campaigns ADD COLUMN hold_days integer CHECK (hold_days BETWEEN 0 AND 365);
-- Schlussabrechnung: the minimum no longer holds, the hold does.
ALTER TABLE partners ADD COLUMN leaving_since timestamptz;
CREATE INDEX commissions_not_settled ON commissions (tenant_id, partner_id, seq) WHERE state IN ('pending', 'approved');
