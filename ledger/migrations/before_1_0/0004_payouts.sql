-- Payouts, their lines, the decisions about them, and the intents to create a document outside.

CREATE TABLE payout_counters (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    year        integer NOT NULL,
    last        integer NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
SELECT protect_tenant_table('payout_counters');

CREATE TABLE payouts (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    number          text NOT NULL CHECK (number ~ '^PO-[0-9]{4}-[0-9]{4,}$'),
    partner_id      uuid NOT NULL,
    provider        text NOT NULL DEFAULT 'lexoffice',
    state           text NOT NULL DEFAULT 'awaiting_approval' CHECK (state IN (
                        'awaiting_approval', 'approved', 'rejected', 'outcome_unknown', 'credit_note_open',
                        'paid', 'returned', 'cancelled', 'settled_manually')),
    tax_case        text NOT NULL CHECK (tax_case IN ('regular', 'small_business', 'private')),
    currency        text NOT NULL DEFAULT 'EUR' CHECK (currency = 'EUR'),
    net_cents       bigint NOT NULL,
    tax_rate        numeric(4, 2) NOT NULL,
    tax_cents       bigint NOT NULL,
    gross_cents     bigint NOT NULL,
    period_from     date NOT NULL,      -- first and last service date of the lines (Leistungszeitraum)
    period_to       date NOT NULL,
    bank_details_id uuid,
    content_hash    text NOT NULL,      -- what an approval names: partner, amounts, lines, bank details, tax case
    requested_by    text NOT NULL,
    state_reason    text,
    blocked_reason  text,               -- what keeps an approved payout from going on
    held_reason     text,
    reopened        boolean NOT NULL DEFAULT false,  -- the credit note is a draft again in lexoffice
    payment_reference text,
    paid_on         date,
    workflow_started_at timestamptz,
    recheck_wanted_at timestamptz,      -- lines or state changed outside its workflow; cleared when announced
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, bank_details_id) REFERENCES partner_bank_details,
    CHECK (gross_cents = net_cents + tax_cents),
    CHECK (state IN ('cancelled', 'rejected') OR net_cents > 0),
    CHECK (tax_rate > 0 OR tax_cents = 0),
    CHECK (state <> 'paid' OR payment_reference IS NOT NULL)
);
CREATE INDEX ON payouts (tenant_id, seq);
CREATE INDEX ON payouts (tenant_id, state, seq);
CREATE INDEX ON payouts (tenant_id, partner_id, seq);
CREATE INDEX payouts_to_announce ON payouts (created_at)
    WHERE workflow_started_at IS NULL OR recheck_wanted_at IS NOT NULL;
SELECT protect_tenant_table('payouts');
SELECT allow_lookup('payouts');

CREATE TABLE payout_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id       uuid NOT NULL,
    position        integer NOT NULL,
    commission_id   uuid NOT NULL,
    net_cents       bigint NOT NULL,
    tax_rate        numeric(4, 2) NOT NULL,
    tax_cents       bigint NOT NULL,    -- this line's share of the document's tax
    gross_cents     bigint NOT NULL,
    released_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, payout_id, position),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    CHECK (gross_cents = net_cents + tax_cents)
);
CREATE UNIQUE INDEX a_commission_in_at_most_one_payout ON payout_lines (tenant_id, commission_id)
    WHERE released_at IS NULL;
SELECT protect_tenant_table('payout_lines');

-- Sum of lines = payout, at the end of each transaction. A cancelled or rejected payout has released its lines
-- and keeps its amounts as history.
CREATE FUNCTION lines_add_up() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid;
    payout payouts%ROWTYPE;
    lines  record;
BEGIN
    IF TG_TABLE_NAME = 'payouts' THEN
        wanted := NEW.id;
    ELSE
        wanted := NEW.payout_id;
    END IF;
    SELECT * INTO payout FROM payouts WHERE tenant_id = NEW.tenant_id AND id = wanted;
    IF payout.state IN ('cancelled', 'rejected') THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(sum(net_cents), 0) AS net, COALESCE(sum(tax_cents), 0) AS tax INTO lines
      FROM payout_lines WHERE tenant_id = NEW.tenant_id AND payout_id = wanted AND released_at IS NULL;
    IF lines.net <> payout.net_cents OR lines.tax <> payout.tax_cents THEN
        RAISE EXCEPTION 'the lines of payout % do not add up', payout.number USING ERRCODE = 'PD005';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lines_add_up AFTER INSERT OR UPDATE OF net_cents, tax_cents, state ON payouts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lines_add_up();
-- Lines arrive and leave by the hundred: once per statement is enough, and the payout's own row is always touched
-- with them, so its deferred trigger sees the end result.

CREATE FUNCTION touch_payout_of_line() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payouts SET net_cents = net_cents, updated_at = now()
     WHERE (tenant_id, id) IN (SELECT DISTINCT tenant_id, payout_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER touch_payout_on_insert AFTER INSERT ON payout_lines
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_payout_of_line();
CREATE TRIGGER touch_payout_on_update AFTER UPDATE ON payout_lines
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION touch_payout_of_line();

-- A decision by a person: committed here first, then told to the workflow (engine.md, Decisions).
CREATE TABLE decisions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    payout_id       uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('approve', 'reject', 'cancel', 'resolve')),
    decided_by      text NOT NULL,      -- 'key:…', 'user:…', 'engine:…'
    decided_at      timestamptz NOT NULL DEFAULT now(),
    content_hash    text NOT NULL,      -- what the person saw
    reason          text,
    detail          jsonb NOT NULL DEFAULT '{}',
    delivered_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts
);
CREATE INDEX ON decisions (tenant_id, payout_id, decided_at);
CREATE INDEX decisions_to_announce ON decisions (decided_at) WHERE delivered_at IS NULL;
SELECT protect_tenant_table('decisions');
SELECT allow_lookup('decisions');

-- The row that forbids a second POST (engine.md, Creating a document). Open while closed_at is null.
CREATE TABLE creation_intents (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    kind            text NOT NULL CHECK (kind IN ('credit-note', 'invoice')),
    payout_id       uuid,
    transaction_id  uuid,
    marker          text NOT NULL,
    organization_id uuid NOT NULL,
    content         jsonb NOT NULL,     -- the document as it is sent, voucherDate included
    content_hash    text NOT NULL,
    net_cents       bigint NOT NULL,
    gross_cents     bigint NOT NULL,
    attempt         integer NOT NULL DEFAULT 0,
    sent_at         timestamptz,
    deadline        timestamptz,
    refused_at      timestamptz,
    refused_reason  text,
    unclear_at      timestamptz,
    empty_searches  integer NOT NULL DEFAULT 0,
    resource_id     uuid,
    announced_at    timestamptz,        -- of an invoice: its workflow was told to the engine
    closed_at       timestamptz,        -- adopted, created and read back, or given up as provably not made
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, marker),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK ((kind = 'credit-note') = (payout_id IS NOT NULL)),
    CHECK ((kind = 'invoice') = (transaction_id IS NOT NULL)),
    CHECK ((sent_at IS NULL) = (deadline IS NULL))
);
CREATE UNIQUE INDEX one_open_intent_per_payout ON creation_intents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX one_open_intent_per_sale ON creation_intents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX intents_without_an_id ON creation_intents (tenant_id) WHERE resource_id IS NULL AND closed_at IS NULL;
CREATE INDEX invoices_to_announce ON creation_intents (created_at) WHERE kind = 'invoice' AND announced_at IS NULL;
SELECT protect_tenant_table('creation_intents');
SELECT allow_lookup('creation_intents');

INSERT INTO state_arrows (subject, from_state, to_state) VALUES
    ('payouts', '', 'awaiting_approval'),
    ('payouts', 'awaiting_approval', 'approved'),
    ('payouts', 'awaiting_approval', 'rejected'),
    ('payouts', 'awaiting_approval', 'cancelled'),
    ('payouts', 'approved', 'credit_note_open'),
    ('payouts', 'approved', 'cancelled'),
    ('payouts', 'approved', 'awaiting_approval'),
    ('payouts', 'approved', 'outcome_unknown'),
    ('payouts', 'outcome_unknown', 'credit_note_open'),
    ('payouts', 'outcome_unknown', 'cancelled'),
    ('payouts', 'credit_note_open', 'paid'),
    ('payouts', 'credit_note_open', 'cancelled'),
    ('payouts', 'credit_note_open', 'returned'),
    ('payouts', 'paid', 'returned'),
    ('payouts', 'returned', 'paid'),
    ('payouts', 'returned', 'cancelled'),
    ('payouts', 'returned', 'settled_manually');
CREATE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON payouts
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();

-- "approved → cancelled | awaiting_approval, both only while no creation intent exists" (rules.md, States).
CREATE FUNCTION an_intent_holds_the_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM creation_intents
                WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND closed_at IS NULL) THEN
        RAISE EXCEPTION 'payout % has a creation intent', NEW.number USING ERRCODE = 'PD006';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER an_intent_holds_the_payout AFTER UPDATE OF state ON payouts
    FOR EACH ROW WHEN (OLD.state = 'approved' AND NEW.state IN ('cancelled', 'awaiting_approval'))
    EXECUTE FUNCTION an_intent_holds_the_payout();

CREATE FUNCTION payouts_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payouts are never deleted' USING ERRCODE = 'PD007'; END $$;
CREATE TRIGGER payouts_stay BEFORE DELETE ON payouts FOR EACH STATEMENT EXECUTE FUNCTION payouts_stay();
