-- What sweeps remember from one pass to the next, the event subscriptions that we made, and what was compared
-- after a restore.

CREATE TABLE sweep_states (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    provider        text NOT NULL DEFAULT 'lexoffice',
    swept_until     timestamptz,        -- beginning of the last complete pass: what changed before was compared
    finished_at     timestamptz,        -- its end
    found           integer NOT NULL DEFAULT 0,  -- documents it handed over
    open_swept_at   timestamptz,        -- beginning of the last complete pass over all open documents
    subscriptions_state text NOT NULL DEFAULT 'unknown' CHECK (subscriptions_state IN ('unknown', 'healthy', 'failing')),
    subscriptions_reason text,          -- one German sentence
    subscriptions_checked_at timestamptz,
    subscriptions_wanted_at timestamptz,  -- a person asked for a set-up that has not been done yet
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('sweep_states');

-- When a list of open documents last showed it.
ALTER TABLE external_documents ADD COLUMN seen_open_at timestamptz;

-- One row for each token that we minted for a subscription. lexoffice keeps the token in the address it calls; here
-- is its HMAC only (webhook_tokens), and which subscription carries it.
CREATE TABLE event_subscriptions (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    token_id        uuid NOT NULL,
    event_type      text NOT NULL CHECK (length(event_type) <= 200),
    address         text NOT NULL,      -- without the token
    subscription_id uuid,               -- NULL: asked for, and not answered or seen yet
    created_at      timestamptz NOT NULL DEFAULT now(),
    seen_at         timestamptz,        -- lexoffice last listed it
    ended_at        timestamptz,
    PRIMARY KEY (tenant_id, token_id),
    FOREIGN KEY (tenant_id, token_id) REFERENCES webhook_tokens
);
CREATE UNIQUE INDEX one_token_per_subscription ON event_subscriptions (tenant_id, subscription_id)
    WHERE subscription_id IS NOT NULL;
SELECT protect_tenant_table('event_subscriptions');

-- After a restore nothing is created at lexoffice before its numbers were compared with the ledger's. `word` is the
-- value of PARTNERDESK_RECOVERY: a check of an earlier recovery, which the backup may hold, does not count.
CREATE TABLE recovery_checks (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    word            text NOT NULL,
    checked_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    checked_by      text NOT NULL,
    differences     integer NOT NULL CHECK (differences >= 0),
    accepted_because text,              -- a person answers for what differs
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ON recovery_checks (tenant_id, checked_at);
SELECT protect_tenant_table('recovery_checks', rights => 'SELECT, INSERT');

-- Whom to sweep: ids only.
CREATE FUNCTION list_connected_tenants(from_provider text) RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = from_provider AND p.secret_encrypted IS NOT NULL ORDER BY t.slug
    $$;
REVOKE ALL ON FUNCTION list_connected_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_connected_tenants TO partnerdesk_app;
