-- Tenants, their accounting connections, and what proves who is calling.
--
-- Two roles (ledger/roles.sql): partnerdesk_owner runs this file, partnerdesk_app works under forced row-level
-- security. The tenant of a transaction is its first statement: set_config('app.tenant', …, true).

CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $$;
-- NULLIF: after one transaction a pooled connection holds '' instead of NULL.

CREATE FUNCTION protect_tenant_table(target regclass, tenant_column text DEFAULT 'tenant_id',
                                     rights text DEFAULT 'SELECT, INSERT, UPDATE') RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s USING (%I = current_tenant()) WITH CHECK (%I = current_tenant())',
                   target, tenant_column, tenant_column);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $$;
REVOKE ALL ON FUNCTION protect_tenant_table FROM PUBLIC;

-- The few tables that SECURITY DEFINER look-ups read across tenants. Those functions return ids, never contents.
CREATE FUNCTION allow_lookup(target regclass) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO CURRENT_USER USING (true)', target);
END $$;
REVOKE ALL ON FUNCTION allow_lookup FROM PUBLIC;

CREATE TABLE tenants (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug                text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- the recipient of the service on each Gutschrift (§ 14 Abs. 4 UStG)
    street              text, zip text, city text, country_code text NOT NULL DEFAULT 'DE',
    vat_id              text, tax_number text,
    is_demo             boolean NOT NULL DEFAULT false,
    replacement_window  interval NOT NULL DEFAULT '3 days' CHECK (replacement_window >= interval '0'),
    minimum_payout_cents bigint NOT NULL DEFAULT 0 CHECK (minimum_payout_cents >= 0),
    four_eyes_limit_cents bigint CHECK (four_eyes_limit_cents >= 0),
    created_at          timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant_table('tenants', 'id');
SELECT allow_lookup('tenants');

-- One row per tenant and provider exists from the tenant's first day, so that 'skipped' can be decided under a
-- lock on it: receiving an event takes FOR SHARE, adding a key FOR UPDATE.
CREATE TABLE provider_connections (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    provider            text NOT NULL CHECK (provider IN ('lexoffice', 'stripe')),
    state               text NOT NULL DEFAULT 'unconnected' CHECK (state IN ('unconnected', 'connected', 'broken')),
    state_reason        text,
    secret_encrypted    bytea,            -- lexoffice: API key; stripe: webhook signing secret
    secret_last4        text,
    secret_saved_at     timestamptz,
    organization_id     uuid,             -- pinned on the first connection
    connection_id       uuid,             -- names the connection in token.revoked
    company_name        text,
    tax_type            text,
    small_business      boolean,
    profile             jsonb,
    effective_from      date,             -- cut-over: earlier invoices are ignored
    requires_signature  boolean NOT NULL DEFAULT false,
    credit_note_notice_confirmed_by text, -- "lexoffice books a credit note as a Rechnungskorrektur"
    credit_note_notice_confirmed_at timestamptz,
    checked_at          timestamptz,
    PRIMARY KEY (tenant_id, provider),
    CHECK ((secret_encrypted IS NULL) = (secret_last4 IS NULL))
);
CREATE UNIQUE INDEX an_organization_belongs_to_one_tenant
    ON provider_connections (provider, organization_id) WHERE organization_id IS NOT NULL;
SELECT protect_tenant_table('provider_connections');
SELECT allow_lookup('provider_connections');

CREATE TABLE webhook_tokens (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    provider            text NOT NULL,
    token_hmac          bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    kind                text NOT NULL CHECK (kind IN ('chosen', 'subscription')),
    created_at          timestamptz NOT NULL DEFAULT now(),
    expires_at          timestamptz,      -- the end of the grace time after a rotation
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('webhook_tokens');
SELECT allow_lookup('webhook_tokens');

CREATE TABLE api_keys (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  text NOT NULL UNIQUE CHECK (id ~ '^[a-z0-9]{10}$'),
    name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    secret_hmac         bytea NOT NULL CHECK (length(secret_hmac) = 32),
    scopes              text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write', 'approve', 'bank']
                                               AND cardinality(scopes) > 0),
    created_at          timestamptz NOT NULL DEFAULT now(),
    expires_at          timestamptz NOT NULL,
    last_used_at        timestamptz,
    revoked_at          timestamptz,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('api_keys');
SELECT allow_lookup('api_keys');

CREATE TABLE idempotency_keys (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    caller              text NOT NULL,
    key                 text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_sha256      bytea NOT NULL,
    status              integer,          -- NULL while the first request is under way
    body                jsonb,
    created_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, caller, key)
);
SELECT protect_tenant_table('idempotency_keys', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- One row per tenant: the next instant at which lexoffice may be called, and the documents created.
CREATE TABLE api_budgets (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    provider            text NOT NULL,
    next_free_at        timestamptz NOT NULL DEFAULT '-infinity',
    next_creation_at    timestamptz NOT NULL DEFAULT '-infinity',
    creations_year      integer NOT NULL DEFAULT 0,
    creations           integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
ALTER TABLE api_budgets SET (fillfactor = 50);
SELECT protect_tenant_table('api_budgets');

-- Look-ups before the tenant is known. They run as the owner and return ids only.
CREATE FUNCTION find_tenant(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM tenants WHERE slug = wanted $$;

CREATE FUNCTION list_tenants() RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id, slug FROM tenants ORDER BY slug $$;

CREATE FUNCTION find_webhook_token(hmacs bytea[])
    RETURNS TABLE (tenant_id uuid, slug text, provider text, token_id uuid, kind text,
                   organization_id uuid, requires_signature boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT t.tenant_id, s.slug, t.provider, t.id, t.kind, p.organization_id, p.requires_signature
      FROM webhook_tokens t
      JOIN tenants s ON s.id = t.tenant_id
      JOIN provider_connections p ON p.tenant_id = t.tenant_id AND p.provider = t.provider
     WHERE t.token_hmac = ANY (hmacs) AND (t.expires_at IS NULL OR t.expires_at > now())
    $$;

CREATE FUNCTION find_api_key(wanted text)
    RETURNS TABLE (tenant_id uuid, slug text, secret_hmac bytea, scopes text[], name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT k.tenant_id, s.slug, k.secret_hmac, k.scopes, k.name
      FROM api_keys k JOIN tenants s ON s.id = k.tenant_id
     WHERE k.id = wanted AND k.revoked_at IS NULL AND k.expires_at > now()
    $$;

REVOKE ALL ON FUNCTION find_tenant, list_tenants, find_webhook_token, find_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenant, list_tenants, find_webhook_token, find_api_key TO partnerdesk_app;

-- States: who may follow whom (rules.md, States), kept by one trigger, remembered in one table.
CREATE TABLE state_arrows (
    subject     text NOT NULL,
    from_state  text NOT NULL,        -- '' is the beginning
    to_state    text NOT NULL,
    PRIMARY KEY (subject, from_state, to_state)
);
GRANT SELECT ON state_arrows TO partnerdesk_app;

CREATE TABLE state_changes (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    subject     text NOT NULL,
    subject_id  uuid NOT NULL,
    from_state  text NOT NULL,
    to_state    text NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    cause       text,                 -- set_config('app.cause', …): 'event:17', 'decision:…', 'stripe:…'
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX ON state_changes (tenant_id, subject_id, seq);
SELECT protect_tenant_table('state_changes', rights => 'SELECT, INSERT');

CREATE FUNCTION follow_the_arrows() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    before text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.state;
        IF before = NEW.state THEN
            RETURN NULL;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM state_arrows
                    WHERE subject = TG_TABLE_NAME AND from_state = before AND to_state = NEW.state) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, COALESCE(NULLIF(before, ''), 'nothing'), NEW.state
            USING ERRCODE = 'PD001';
    END IF;
    INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, cause)
    VALUES (NEW.tenant_id, TG_TABLE_NAME, NEW.id, before, NEW.state, NULLIF(current_setting('app.cause', true), ''));
    RETURN NULL;
END $$;
