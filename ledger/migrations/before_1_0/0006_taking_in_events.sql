-- The inbox takes an event in with one round trip, as the caller's role and thus under row-level security.
--
-- outcome: 'new', or 'repeat' for an event that is there already; then state, delivery, handed_over and its age tell
-- what has become of it.
CREATE FUNCTION take_in_event(
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
    -- Whoever adds a key holds FOR UPDATE here: either this event sees the key, or the key's owner sees this event.
    SELECT * INTO connection FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    IF ignored_because IS NOT NULL THEN
        first_state := 'ignored';
        first_reason := ignored_because;
    ELSIF connection.secret_encrypted IS NULL THEN
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
REVOKE ALL ON FUNCTION take_in_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_in_event TO partnerdesk_app;

-- After the announcement; one round trip too.
CREATE FUNCTION mark_events_handed_over(for_tenant uuid, ids bigint[], deliveries integer[]) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Not when it was replayed meanwhile: the new delivery has not been announced.
    UPDATE events e SET handed_over_at = now()
      FROM unnest(ids, deliveries) AS told (id, delivery)
     WHERE e.tenant_id = for_tenant AND e.id = told.id AND e.delivery = told.delivery AND e.handed_over_at IS NULL;
END $$;
REVOKE ALL ON FUNCTION mark_events_handed_over FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_events_handed_over TO partnerdesk_app;

-- For /metrics: how long the oldest event has been waiting to be announced, over all tenants. A number, no contents.
CREATE FUNCTION inbox_age_seconds() RETURNS double precision
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT COALESCE(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
      FROM events WHERE state = 'received' AND handed_over_at IS NULL AND provider = 'lexoffice'
    $$;
REVOKE ALL ON FUNCTION inbox_age_seconds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbox_age_seconds TO partnerdesk_app;

-- /readyz compares the version of the schema with the one the code needs.
GRANT SELECT ON alembic_version TO partnerdesk_app;
