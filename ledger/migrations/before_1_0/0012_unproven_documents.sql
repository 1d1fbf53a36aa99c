-- A notification for an id that is not ours costs one fetch until it proves to be ours, bounded per tenant and hour; the
-- rest waits for the sweep (rules.md, The connection).

ALTER TABLE api_budgets
    ADD COLUMN unproven_hour timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN unproven      integer NOT NULL DEFAULT 0;   -- unknown documents taken up within that hour

-- The sweep looks for what waits for it in each page that it compares.
CREATE INDEX events_that_wait ON events (tenant_id, resource_id) WHERE state = 'waiting';

-- As in 0011, and: of_document is the document that would be fetched, NULL where none is. One that the ledger does not
-- know is counted; what comes after unproven_an_hour of them (NULL: no bound) is 'waiting', because of waits_because.
DROP FUNCTION take_in_event(uuid, text, text, text, text, timestamptz, bytea, boolean, text, text);
CREATE FUNCTION take_in_event(
    for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamptz,
    raw_body bytea, is_signed boolean, with_payment_reference text, ignored_because text,
    of_document uuid, unproven_an_hour integer, waits_because text)
    RETURNS TABLE (outcome text, id bigint, state text, reason text, delivery integer, handed_over boolean,
                   age_seconds double precision, is_known boolean)
    LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    connected boolean;
    first_state text := 'received';
    first_reason text;
    new_id bigint;
    new_delivery integer;
    known boolean;
    this_hour timestamptz := date_trunc('hour', now());
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Whoever adds a credential holds FOR UPDATE here: either this event sees it, or its owner sees this event.
    SELECT has_credential INTO connected FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    IF ignored_because IS NOT NULL THEN
        first_state := 'ignored';
        first_reason := ignored_because;
    ELSIF NOT connected THEN
        first_state := 'skipped';
        first_reason := 'Es ist kein API-Schlüssel hinterlegt.';
    END IF;
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                        payment_reference, state, reason)
    VALUES (for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
            with_payment_reference, first_state, first_reason)
    ON CONFLICT (tenant_id, provider, organization_id, event_type, resource_id, event_date) DO NOTHING
    RETURNING events.id, events.delivery INTO new_id, new_delivery;
    IF FOUND THEN
        -- What is under way answers this one too: a burst about one document counts once.
        IF first_state = 'received' AND NOT known AND unproven_an_hour IS NOT NULL
           AND NOT EXISTS (SELECT FROM events e
                            WHERE e.tenant_id = for_tenant AND e.resource_id = of_resource AND e.state = 'received'
                              AND e.id <> new_id)
        THEN
            UPDATE api_budgets b
               SET unproven = CASE WHEN b.unproven_hour < this_hour THEN 0 ELSE b.unproven END + 1,
                   unproven_hour = greatest(b.unproven_hour, this_hour)
             WHERE b.tenant_id = for_tenant AND b.provider = from_provider
               AND (b.unproven_hour < this_hour OR b.unproven < unproven_an_hour);
            IF NOT FOUND THEN
                first_state := 'waiting';
                first_reason := waits_because;
                UPDATE events e SET state = first_state, reason = first_reason
                 WHERE e.tenant_id = for_tenant AND e.id = new_id;
            END IF;
        END IF;
        RETURN QUERY SELECT 'new', new_id, first_state, first_reason, new_delivery, false, 0::float8, known;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'repeat', e.id, e.state, e.reason, e.delivery, e.handed_over_at IS NOT NULL,
               extract(epoch FROM clock_timestamp() - e.received_at)::float8, known
          FROM events e
         WHERE e.tenant_id = for_tenant AND e.provider = from_provider AND e.organization_id = of_organization
           AND e.event_type = of_type AND e.resource_id = of_resource AND e.event_date = at_date;
END $$;
REVOKE ALL ON FUNCTION take_in_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_in_event TO partnerdesk_app;
