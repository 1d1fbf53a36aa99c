-- Partners, their tree, tax status and bank details; customers; campaigns and what they pay per level.

CREATE TABLE campaigns (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    slug        text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);
SELECT protect_tenant_table('campaigns');

ALTER TABLE tenants ADD COLUMN default_campaign_id uuid;
ALTER TABLE tenants ADD FOREIGN KEY (id, default_campaign_id) REFERENCES campaigns (tenant_id, id);

-- A plan is the campaign's rates from a date on; a new version never changes what an older one has paid.
CREATE TABLE plans (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL,
    valid_from  timestamptz NOT NULL DEFAULT '-infinity',
    cash_discount_lowers_base boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, campaign_id, valid_from),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns
);
SELECT protect_tenant_table('plans', rights => 'SELECT, INSERT');

CREATE TABLE plan_levels (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    plan_id     uuid NOT NULL,
    level       smallint NOT NULL CHECK (level BETWEEN 1 AND 10),
    percent     numeric(7, 4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    CHECK (percent > 0 OR fixed_cents > 0),
    PRIMARY KEY (tenant_id, plan_id, level),
    FOREIGN KEY (tenant_id, plan_id) REFERENCES plans
);
SELECT protect_tenant_table('plan_levels', rights => 'SELECT, INSERT');

-- "Levels that together exceed the base are refused when a plan is saved" (rules.md, Money).
CREATE FUNCTION plan_fits_its_base() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(percent) FROM plan_levels WHERE tenant_id = NEW.tenant_id AND plan_id = NEW.plan_id) > 100 THEN
        RAISE EXCEPTION 'the levels of a plan together exceed the base' USING ERRCODE = 'PD002';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_fits_its_base AFTER INSERT OR UPDATE ON plan_levels
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_fits_its_base();

CREATE TABLE partners (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    code            text NOT NULL CHECK (code ~ '^[A-Z0-9_-]{1,32}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email           text,
    status          text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
    sponsor_id      uuid,
    campaign_id     uuid,
    lexoffice_contact_id uuid,
    supplement      text, street text, zip text, city text,
    country_code    text CHECK (country_code ~ '^[A-Z]{2}$'),
    agreement_accepted_at timestamptz,   -- the agreement on self-billing, § 14 Abs. 2 Satz 5 UStG
    agreement_version text,
    minimum_payout_cents bigint CHECK (minimum_payout_cents >= 0),
    last_edited_by  text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, sponsor_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
    CHECK (sponsor_id <> id)
);
CREATE INDEX ON partners (tenant_id, sponsor_id);
CREATE INDEX ON partners (tenant_id, seq);
CREATE UNIQUE INDEX a_contact_is_one_partner ON partners (tenant_id, lexoffice_contact_id)
    WHERE lexoffice_contact_id IS NOT NULL;
SELECT protect_tenant_table('partners');

-- Two edits at once could close a circle that neither sees, hence the lock on the tenant's tree.
CREATE FUNCTION no_sponsor_cycle() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sponsor_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sponsor-tree:' || NEW.tenant_id, 0));
    IF EXISTS (
        WITH RECURSIVE upline AS (
            SELECT id, sponsor_id FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.sponsor_id
            UNION
            SELECT p.id, p.sponsor_id FROM partners p JOIN upline u ON p.id = u.sponsor_id
             WHERE p.tenant_id = NEW.tenant_id
        ) SELECT 1 FROM upline WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a partner cannot be below itself in the sponsor tree' USING ERRCODE = 'PD003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_sponsor_cycle BEFORE INSERT OR UPDATE OF sponsor_id ON partners
    FOR EACH ROW EXECUTE FUNCTION no_sponsor_cycle();

-- The tree as it was: a commission's chain is that of the instant of the sale, also when the invoice comes later.
CREATE TABLE partner_history (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    partner_id  uuid NOT NULL,
    valid_from  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    sponsor_id  uuid,
    status      text NOT NULL,
    campaign_id uuid,
    PRIMARY KEY (tenant_id, partner_id, seq),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
SELECT protect_tenant_table('partner_history', rights => 'SELECT, INSERT');

CREATE FUNCTION remember_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.sponsor_id, OLD.status, OLD.campaign_id)
                           IS DISTINCT FROM (NEW.sponsor_id, NEW.status, NEW.campaign_id) THEN
        INSERT INTO partner_history (tenant_id, partner_id, sponsor_id, status, campaign_id)
        VALUES (NEW.tenant_id, NEW.id, NEW.sponsor_id, NEW.status, NEW.campaign_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER remember_partner AFTER INSERT OR UPDATE ON partners
    FOR EACH ROW EXECUTE FUNCTION remember_partner();

-- What a partner was for tax purposes, and when. A small business counts only in the year it was confirmed for.
CREATE TABLE partner_tax_statuses (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id  uuid NOT NULL,
    status      text NOT NULL CHECK (status IN ('regular', 'small_business', 'private', 'eu_business', 'third_country')),
    valid_from  date NOT NULL,
    valid_until date,                   -- exclusive
    vat_id      text,
    tax_number  text,
    confirmed_year smallint,
    recorded_by text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK (valid_until IS NULL OR valid_until > valid_from),
    CHECK (status <> 'small_business' OR confirmed_year IS NOT NULL)
);
CREATE INDEX ON partner_tax_statuses (tenant_id, partner_id, valid_from);
SELECT protect_tenant_table('partner_tax_statuses');

CREATE TABLE partner_bank_details (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    partner_id  uuid NOT NULL,
    account_holder text NOT NULL CHECK (length(account_holder) BETWEEN 1 AND 70),
    iban_encrypted bytea NOT NULL,
    iban_hmac   bytea NOT NULL,         -- finds the same IBAN on two partners without showing it
    iban_last4  text NOT NULL CHECK (iban_last4 ~ '^[A-Z0-9]{4}$'),
    bic         text,
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('pending', 'active', 'superseded', 'refused')),
    recorded_by text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners
);
CREATE UNIQUE INDEX one_active_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'active';
CREATE INDEX ON partner_bank_details (tenant_id, iban_hmac);
SELECT protect_tenant_table('partner_bank_details');

CREATE TABLE customers (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    external_id text,
    email       text,
    name        text,
    lexoffice_contact_id uuid,
    assigned_partner_id uuid,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, assigned_partner_id) REFERENCES partners
);
CREATE UNIQUE INDEX ON customers (tenant_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX ON customers (tenant_id, lexoffice_contact_id) WHERE lexoffice_contact_id IS NOT NULL;
CREATE UNIQUE INDEX ON customers (tenant_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX ON customers (tenant_id, seq);
SELECT protect_tenant_table('customers');
