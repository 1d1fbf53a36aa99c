COMMENT ON TABLE events IS 'What a provider told: as it arrived, and what became of it.';
COMMENT ON TABLE sweep_states IS 'How far the last sweep of a tenant came, and whether notifications reach us.';

-- What the release before calls: the inbox takes an event in with one round trip, as the caller's role and thus under
-- row-level security. `outcome`: 'new', or 'repeat' for one that is there already; then state, delivery, handed_over and
-- its age tell what has become of it. of_document is the document that would be fetched, NULL where none is; one that the
-- ledger does not know is counted, and what comes after unproven_an_hour of them (NULL: no bound) is 'waiting'.
CREATE OR REPLACE FUNCTION take_in_event(
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

-- After the announcement; one round trip too.
CREATE OR REPLACE FUNCTION mark_events_handed_over(for_tenant uuid, ids bigint[], deliveries integer[]) RETURNS void
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
CREATE OR REPLACE FUNCTION inbox_age_seconds() RETURNS double precision
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT COALESCE(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
      FROM events WHERE state = 'received' AND handed_over_at IS NULL AND provider IN (SELECT name FROM providers WHERE is_books)
    $$;
REVOKE ALL ON FUNCTION inbox_age_seconds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbox_age_seconds TO partnerdesk_app;

-- For /metrics: how long ago the last complete pass ended of the connected tenant where it is longest ago; where there
-- never was one, since its key. A number, no contents. A schedule that was lost shows nowhere else.
CREATE OR REPLACE FUNCTION sweep_age_seconds() RETURNS double precision
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT COALESCE(extract(epoch FROM clock_timestamp()
                                       - min(GREATEST(s.finished_at, c.secret_saved_at, c.oauth_connected_at))), 0)::float8
      FROM provider_connections c
      LEFT JOIN sweep_states s ON s.tenant_id = c.tenant_id AND s.provider = c.provider
     WHERE c.provider = 'lexoffice' AND c.state = 'connected' AND c.has_credential
    $$;
REVOKE ALL ON FUNCTION sweep_age_seconds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_age_seconds TO partnerdesk_app;

-- As take_in_event but for the reason: it is given, and answered, as a code with parameters. The release before calls the
-- other one.
CREATE OR REPLACE FUNCTION receive_event(
    for_tenant uuid, from_provider text, of_organization text, of_type text, of_resource text, at_date timestamptz,
    raw_body bytea, is_signed boolean, with_payment_reference text, ignored_code text, ignored_params jsonb,
    of_document uuid, unproven_an_hour integer)
    RETURNS TABLE (outcome text, id bigint, state text, reason_code text, reason_params jsonb, delivery integer,
                   handed_over boolean, age_seconds double precision, is_known boolean)
    LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    connected boolean;
    first_state text := 'received';
    first_code text;
    first_params jsonb;
    new_id bigint;
    new_delivery integer;
    known boolean;
    this_hour timestamptz := date_trunc('hour', now());
BEGIN
    PERFORM set_config('app.tenant', for_tenant::text, true);
    -- Whoever adds a credential holds FOR UPDATE here: either this event sees it, or its owner sees this event.
    SELECT has_credential INTO connected FROM provider_connections
     WHERE tenant_id = for_tenant AND provider = from_provider FOR SHARE;
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    IF ignored_code = 'bookkeeping_voucher' AND known AND of_document IS NOT NULL THEN
        NULL; -- a voucher of our own
    ELSIF ignored_code = 'bookkeeping_voucher' AND EXISTS (
        -- Held until the end: whoever stores the id of a lost voucher hands over afterwards what waits here.
        SELECT 1 FROM creation_intents i
         WHERE i.tenant_id = for_tenant AND i.kind IN ('purchaseinvoice', 'purchasecreditnote')
           AND i.resource_id IS NULL AND i.closed_at IS NULL AND i.sent_at IS NOT NULL
           FOR SHARE)
    THEN
        first_state := 'waiting';
        first_code := 'credit_note_id_awaited';
        first_params := '{}';
    ELSIF ignored_code IS NOT NULL THEN
        first_state := 'ignored';
        first_code := ignored_code;
        first_params := ignored_params;
    END IF;
    IF first_state = 'received' AND NOT connected THEN
        first_state := 'skipped';
        first_code := 'no_api_key';
        first_params := '{}';
    END IF;
    known := of_document IS NULL
             OR EXISTS (SELECT FROM external_documents d
                         WHERE d.tenant_id = for_tenant AND d.provider = from_provider AND d.resource_id = of_document);
    INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                        payment_reference, state, reason_code, reason_params)
    SELECT for_tenant, from_provider, of_organization, of_type, of_resource, at_date, raw_body, is_signed,
           with_payment_reference, first_state, first_code, first_params
     WHERE NOT EXISTS (SELECT FROM events e -- a repeat takes no number
                        WHERE e.tenant_id = for_tenant AND e.provider = from_provider
                          AND e.organization_id = of_organization AND e.event_type = of_type
                          AND e.resource_id = of_resource AND e.event_date = at_date)
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
                first_code := 'sweep_awaited';
                first_params := '{}';
                UPDATE events e SET state = first_state, reason_code = first_code, reason_params = first_params
                 WHERE e.tenant_id = for_tenant AND e.id = new_id;
            END IF;
        END IF;
        RETURN QUERY SELECT 'new', new_id, first_state, first_code, first_params, new_delivery, false, 0::float8, known;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'repeat', e.id, e.state, e.reason_code, e.reason_params, e.delivery, e.handed_over_at IS NOT NULL,
               extract(epoch FROM clock_timestamp() - e.received_at)::float8, known
          FROM events e
         WHERE e.tenant_id = for_tenant AND e.provider = from_provider AND e.organization_id = of_organization
           AND e.event_type = of_type AND e.resource_id = of_resource AND e.event_date = at_date;
END $$;
REVOKE ALL ON FUNCTION receive_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receive_event TO partnerdesk_app;

-- A tenant's events have numbers of its own: one count over all tenants told each of them how much the others do. Each
-- tenant has a sequence, made with its first event: a counter row would make a tenant's webhooks wait for each other until
-- their sales are booked. What is rolled back leaves a gap. Events of releases before 1.0 keep their numbers, and the
-- next one is the largest of the tenant's plus one; whatever wrote one from elsewhere (a restore, a release before while
-- this text came) is passed over.
CREATE OR REPLACE FUNCTION number_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    numbers text := 'events_of_' || replace(NEW.tenant_id::text, '-', '');
BEGIN
    IF to_regclass(numbers) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE SEQUENCE %I START %s', numbers,
                           (SELECT COALESCE(max(e.id), 0) + 1 FROM events e WHERE e.tenant_id = NEW.tenant_id));
        EXCEPTION WHEN duplicate_table OR unique_violation THEN
            NULL; -- another first event was quicker
        END;
    END IF;
    LOOP
        NEW.id := nextval(numbers::regclass);
        EXIT WHEN NOT EXISTS (SELECT FROM events e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.id);
    END LOOP;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION number_event FROM PUBLIC;

CREATE OR REPLACE TRIGGER number_event BEFORE INSERT ON events FOR EACH ROW
    EXECUTE FUNCTION number_event();
COMMENT ON TRIGGER number_event ON events IS
    'Numbers a tenant''s events apart from all others''. Relied on by ledger/inbox/events.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON events FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON events IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';
