-- What the pages of lists need: an index for each order in which rows are read; lines that a person writes by hand;
-- partners whose payouts are stopped; personal links of partners and what they object to.

-- Lists begin at a key and read on in the order of an index. Whatever is filtered for stands before the order;
-- lists without a state read each state's part and merge them.
CREATE INDEX commissions_of_a_sale ON commissions (tenant_id, transaction_id, level, seq);
CREATE INDEX commissions_by_day ON commissions (tenant_id, state, service_date, seq);
CREATE INDEX commissions_of_a_plan ON commissions (tenant_id, plan_id, state, service_date, seq);
CREATE INDEX commissions_of_a_partner ON commissions (tenant_id, partner_id, state, service_date, seq)
    INCLUDE (net_cents);               -- and a balance without a look at the rows
DROP INDEX commissions_tenant_id_partner_id_state_seq_idx;

CREATE INDEX sales_by_time ON transactions (tenant_id, state, sold_at, seq);
CREATE INDEX sales_of_a_partner ON transactions (tenant_id, partner_id, state, sold_at, seq);
CREATE INDEX sales_of_a_customer ON transactions (tenant_id, customer_id, state, sold_at, seq)
    WHERE customer_id IS NOT NULL;
CREATE INDEX sales_of_a_campaign ON transactions (tenant_id, campaign_id, state, sold_at, seq);
CREATE INDEX sales_by_amount ON transactions (tenant_id, gross_cents, seq);

CREATE INDEX events_by_state ON events (tenant_id, state, received_at, id, provider);
CREATE INDEX events_by_type ON events (tenant_id, event_type, state, received_at, id);

CREATE INDEX payouts_by_amount ON payouts (tenant_id, gross_cents, seq);
CREATE INDEX payouts_by_number ON payouts (tenant_id, number COLLATE "C");
CREATE INDEX documents_by_number ON external_documents (tenant_id, voucher_number COLLATE "C");
CREATE INDEX documents_by_amount ON external_documents (tenant_id, gross_cents);
-- The other half of a_commission_in_at_most_one_payout: the payouts that a commission was taken out of.
CREATE INDEX lines_given_back ON payout_lines (tenant_id, commission_id) WHERE released_at IS NOT NULL;

-- Under row-level security an index serves only comparisons that cannot leak: lower() in a query is none.
ALTER TABLE customers ADD COLUMN email_sought text COLLATE "C" GENERATED ALWAYS AS (lower(email)) STORED;
ALTER TABLE customers ADD COLUMN name_sought text COLLATE "C" GENERATED ALWAYS AS (lower(name)) STORED;
CREATE INDEX customers_by_email ON customers (tenant_id, email_sought);
CREATE INDEX customers_by_name ON customers (tenant_id, name_sought);
CREATE INDEX customers_of_a_partner ON customers (tenant_id, assigned_partner_id, seq)
    WHERE assigned_partner_id IS NOT NULL;

-- A bonus or a correction: written by one person, and worth nothing until a second one has confirmed it.
CREATE TABLE manual_lines (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    commission_id   uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('bonus', 'correction')),
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    recorded_by     text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    decided_by      text,
    decided_at      timestamptz,
    confirmed       boolean,
    confirmed_alone boolean NOT NULL DEFAULT false,
    refused_reason  text,
    PRIMARY KEY (tenant_id, commission_id),
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions,
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (confirmed IS NULL)),
    CONSTRAINT a_line_is_confirmed_by_a_second_person
        CHECK (NOT confirmed OR decided_by <> recorded_by OR confirmed_alone)
);
SELECT protect_tenant_table('manual_lines');

CREATE FUNCTION a_manual_line_was_confirmed() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM manual_lines
                WHERE tenant_id = NEW.tenant_id AND commission_id = NEW.id AND confirmed IS NOT TRUE) THEN
        RAISE EXCEPTION 'the line has not been confirmed' USING ERRCODE = 'PD001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER a_manual_line_was_confirmed AFTER UPDATE OF state ON commissions
    FOR EACH ROW WHEN (NEW.kind = 'correction' AND NEW.state IN ('approved', 'in_payout', 'paid'))
    EXECUTE FUNCTION a_manual_line_was_confirmed();

-- A partner whose payouts a person has stopped. Whoever lifts another hold (an account in force, "zurückgestellt")
-- uncovers this one again.
ALTER TABLE partners
    ADD COLUMN payouts_stopped_reason text CHECK (length(payouts_stopped_reason) BETWEEN 1 AND 500),
    ADD COLUMN payouts_stopped_by text,
    ADD COLUMN payouts_stopped_at timestamptz,
    ADD CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_at IS NULL)),
    ADD CHECK ((payouts_stopped_reason IS NULL) = (payouts_stopped_by IS NULL));

CREATE FUNCTION partner_is_stopped() RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT 'Die Auszahlungen an diesen Partner sind angehalten.' $$;

CREATE FUNCTION hold_what_is_due_to_be_held() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_reason IS NOT NULL AND NEW.held_reason <> waits_for_its_account()
       OR NEW.state NOT IN ('awaiting_approval', 'approved') THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.partner_id
                                         AND payouts_stopped_reason IS NOT NULL) THEN
        NEW.held_reason := partner_is_stopped();
    ELSIF NEW.held_reason IS NULL AND EXISTS (
        SELECT 1 FROM partner_bank_details
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending') THEN
        NEW.held_reason := waits_for_its_account();
    END IF;
    RETURN NEW;
END $$;
-- After hold_new_payout: triggers fire in the order of their names.
CREATE TRIGGER hold_what_is_due BEFORE INSERT OR UPDATE OF held_reason ON payouts
    FOR EACH ROW EXECUTE FUNCTION hold_what_is_due_to_be_held();

CREATE FUNCTION hold_payouts_of_stopped_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payouts_stopped_reason IS NOT NULL THEN
        UPDATE payouts SET held_reason = partner_is_stopped()
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.id AND state IN ('awaiting_approval', 'approved')
           AND (held_reason IS NULL OR held_reason = waits_for_its_account());
    ELSE
        UPDATE payouts SET held_reason = NULL
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.id AND held_reason = partner_is_stopped();
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_payouts AFTER UPDATE OF payouts_stopped_reason ON partners
    FOR EACH ROW EXECUTE FUNCTION hold_payouts_of_stopped_partner();

-- What a partner objects to. The task about it says what was answered.
ALTER TABLE payouts
    ADD COLUMN objected_at timestamptz,
    ADD COLUMN objection_reason text CHECK (length(objection_reason) BETWEEN 1 AND 1000),
    ADD CHECK ((objected_at IS NULL) = (objection_reason IS NULL));

-- A partner's personal link: works once, and becomes a cookie for 30 days. Of both there are hashes only.
CREATE TABLE partner_links (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id      uuid NOT NULL,
    token_hmac      bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL DEFAULT now() + interval '30 days',
    cookie_hmac     bytea UNIQUE CHECK (length(cookie_hmac) = 32),
    used_at         timestamptz,
    cookie_expires_at timestamptz,
    revoked_at      timestamptz,
    revoked_by      text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((used_at IS NULL) = (cookie_hmac IS NULL)),
    CHECK ((used_at IS NULL) = (cookie_expires_at IS NULL)),
    CHECK (expires_at <= created_at + interval '30 days'),
    CHECK (cookie_expires_at <= used_at + interval '30 days'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX ON partner_links (tenant_id, partner_id, created_at);
SELECT protect_tenant_table('partner_links');
SELECT allow_lookup('partner_links');

-- Look-ups before the tenant is known. They run as the owner and return ids only.
CREATE FUNCTION find_partner_link(hmacs bytea[]) RETURNS TABLE (tenant_id uuid, slug text, link_id uuid, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()
    $$;

CREATE FUNCTION find_partner_cookie(hmacs bytea[]) RETURNS TABLE (tenant_id uuid, slug text, link_id uuid, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.cookie_hmac = ANY (hmacs) AND l.revoked_at IS NULL AND l.cookie_expires_at > now()
    $$;

REVOKE ALL ON FUNCTION find_partner_link, find_partner_cookie FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_partner_link, find_partner_cookie TO partnerdesk_app;
