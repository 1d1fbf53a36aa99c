-- OAuth with lexoffice (lexoffice API, OAuth2): a tenant may hold an API key, a granted connection, or both; one is used.

ALTER TABLE provider_connections
    ADD COLUMN oauth_connected_at timestamptz,   -- NULL: nothing was granted
    ADD COLUMN oauth_connected_by text,
    ADD COLUMN oauth_connection_id uuid,         -- names the grant in token.revoked
    ADD COLUMN oauth_scopes text,
    ADD COLUMN uses_oauth boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT what_is_used_was_granted CHECK (NOT uses_oauth OR oauth_connected_at IS NOT NULL);
ALTER TABLE provider_connections
    ADD COLUMN has_credential boolean NOT NULL
        GENERATED ALWAYS AS (secret_encrypted IS NOT NULL OR oauth_connected_at IS NOT NULL) STORED;

-- The one valid pair. It is a row of its own: whoever refreshes holds its lock while lexoffice answers, and a
-- notification, which locks provider_connections for a moment, must not wait for that.
CREATE SEQUENCE oauth_generations;
GRANT USAGE ON SEQUENCE oauth_generations TO partnerdesk_app;
CREATE TABLE oauth_tokens (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    provider            text NOT NULL,
    -- Another number for each pair there ever was: who finds another one than the one that was refused need not refresh.
    generation          bigint NOT NULL DEFAULT nextval('oauth_generations'),
    refresh_token_encrypted bytea NOT NULL,
    access_token_encrypted  bytea NOT NULL,
    obtained_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    access_expires_at   timestamptz NOT NULL,
    failures            integer NOT NULL DEFAULT 0,  -- refreshes in a row that nobody answered
    not_before          timestamptz,                 -- the next one waits until then
    PRIMARY KEY (tenant_id, provider),
    FOREIGN KEY (tenant_id, provider) REFERENCES provider_connections
);
SELECT protect_tenant_table('oauth_tokens', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- A person was sent to lexoffice and may come back once, in the same session, within ten minutes.
CREATE TABLE oauth_consents (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    state_hmac          bytea NOT NULL UNIQUE CHECK (length(state_hmac) = 32),
    session_id          uuid NOT NULL,
    verifier_encrypted  bytea NOT NULL,
    started_at          timestamptz NOT NULL DEFAULT now(),
    used_at             timestamptz,
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('oauth_consents', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- As in 0006, with "no key" now "neither key nor OAuth".
CREATE OR REPLACE FUNCTION take_in_event(
    for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamptz,
    raw_body bytea, is_signed boolean, with_payment_reference text, ignored_because text)
    RETURNS TABLE (outcome text, id bigint, state text, reason text, delivery integer, handed_over boolean,
                   age_seconds double precision)
    LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    connection provider_connections%ROWTYPE;
    first_state text;
    first_reason text;
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Whoever adds a credential holds FOR UPDATE here: either this event sees it, or its owner sees this event.
    SELECT * INTO connection FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    IF ignored_because IS NOT NULL THEN
        first_state := 'ignored';
        first_reason := ignored_because;
    ELSIF NOT connection.has_credential THEN
        first_state := 'skipped';
        first_reason := 'Es ist kein API-Schlüssel hinterlegt.';
    ELSE
        first_state := 'received';
    END IF;
    RETURN QUERY
        INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                            payment_reference, state, reason)
        VALUES (for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
                with_payment_reference, first_state, first_reason)
        ON CONFLICT (tenant_id, provider, organization_id, event_type, resource_id, event_date) DO NOTHING
        RETURNING 'new', events.id, events.state, events.reason, events.delivery, false, 0::float8;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'repeat', e.id, e.state, e.reason, e.delivery, e.handed_over_at IS NOT NULL,
               extract(epoch FROM clock_timestamp() - e.received_at)::float8
          FROM events e
         WHERE e.tenant_id = for_tenant AND e.provider = from_provider AND e.organization_id = of_organization
           AND e.event_type = of_type AND e.resource_id = of_resource AND e.event_date = at_date;
END $$;

CREATE OR REPLACE FUNCTION list_connected_tenants(from_provider text) RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = from_provider AND p.has_credential ORDER BY t.slug
    $$;
