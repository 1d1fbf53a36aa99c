CREATE OR REPLACE FUNCTION age_seconds(since timestamptz) RETURNS double precision
    LANGUAGE sql STABLE
    AS $$ SELECT COALESCE(extract(epoch FROM clock_timestamp() - since), 0)::float8 $$;

-- For /metrics: how the product does, over all tenants. Numbers and short names of tenants, no contents. Each part reads a
-- few entries of an index for each tenant; what can be many is counted up to 10,000 of a tenant.
CREATE OR REPLACE FUNCTION operating_figures() RETURNS TABLE (figure text, label text, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH unhandled AS (
        SELECT t.slug, e.events, e.oldest, row_number() OVER (ORDER BY e.events DESC, t.slug) AS place
          FROM tenants t CROSS JOIN LATERAL (
               SELECT count(*) AS events, min(received_at) AS oldest
                 FROM (SELECT received_at FROM events WHERE tenant_id = t.id AND state = 'received'
                        ORDER BY received_at LIMIT 10000) bounded) e
         WHERE e.events > 0),
    -- How long the payouts that stand longest stand: of the twenty oldest of a state in each tenant. Who stands behind
    -- these shows when they are through. An approved one that a person put back, that something forbids (a task says so) or
    -- whose books refuse the key does not stand still: it waits for the tenant's people, for weeks if they like.
    standing AS (
        SELECT s.state, COALESCE(sum(n.payouts), 0) AS payouts, min(o.since) AS since
          FROM unnest(ARRAY['approved', 'outcome_unknown', 'credit_note_open', 'returned']) AS s (state)
          LEFT JOIN tenants t ON true
          LEFT JOIN LATERAL (
               SELECT count(*) AS payouts FROM (SELECT 1 FROM payouts WHERE tenant_id = t.id AND payouts.state = s.state
                                                 LIMIT 10000) bounded) n ON true
          LEFT JOIN LATERAL (
               SELECT min(h.since) AS since
                 FROM (SELECT id FROM payouts w WHERE w.tenant_id = t.id AND w.state = s.state
                          AND (s.state <> 'approved'
                               OR w.open_holds IS NULL AND w.blocked_code IS NULL
                                  AND NOT EXISTS (SELECT FROM provider_connections c
                                                   WHERE c.tenant_id = t.id AND c.provider = w.books
                                                     AND c.state = 'broken'))
                        ORDER BY w.created_at, w.seq LIMIT 20) p
                CROSS JOIN LATERAL (
                      SELECT changed_at AS since FROM state_changes
                       WHERE tenant_id = t.id AND subject_id = p.id ORDER BY seq DESC LIMIT 1) h) o ON n.payouts > 0
         GROUP BY s.state),
    unannounced (kind, since) AS (
        SELECT 'decision', min(decided_at) FROM decisions WHERE delivered_at IS NULL
        UNION ALL
        SELECT 'payout', min(created_at) FROM payouts WHERE workflow_started_at IS NULL
        UNION ALL
        SELECT 'recheck', min(recheck_wanted_at) FROM payouts WHERE recheck_wanted_at IS NOT NULL
        UNION ALL
        SELECT 'invoice', min(created_at) FROM creation_intents WHERE kind = 'invoice' AND announced_at IS NULL
        UNION ALL
        SELECT 'payout_run', min(created_at) FROM payout_runs WHERE started_at IS NULL AND state = 'running'
        UNION ALL
        SELECT 'own_document', min(announcement_wanted_at) FROM own_reversals WHERE announcement_wanted_at IS NOT NULL
        UNION ALL
        -- Since it is to be told, which is long after its arrival where it waited for a key or is replayed.
        SELECT 'event', min(changed_at)
          FROM (SELECT changed_at FROM events
                 WHERE state = 'received' AND handed_over_at IS NULL
                   AND provider IN (SELECT name FROM providers WHERE is_books)
                 ORDER BY received_at LIMIT 10000) bounded),
    asked AS (
        SELECT COALESCE(sum(n.tasks), 0) AS tasks, min(n.since) AS since
          FROM tenants t CROSS JOIN LATERAL (
               SELECT count(*) AS tasks, min(created_at) AS since
                 FROM (SELECT created_at FROM tasks WHERE tenant_id = t.id AND state = 'open'
                        ORDER BY seq LIMIT 10000) bounded) n),
    due AS (
        SELECT COALESCE(sum(n.deliveries), 0) AS deliveries, min(n.since) AS since
          FROM webhook_endpoints e CROSS JOIN LATERAL (
               SELECT count(*) AS deliveries, min(created_at) AS since
                 FROM (SELECT created_at FROM event_deliveries
                        WHERE tenant_id = e.tenant_id AND endpoint_id = e.id AND state = 'due'
                        ORDER BY seq LIMIT 10000) bounded) n
         WHERE e.state = 'active'),
    files AS (
        SELECT s.state, count(r.id) AS files, min(COALESCE(r.exported_at, r.approved_at)) AS since
          FROM unnest(ARRAY['approved', 'exported']) AS s (state) LEFT JOIN bank_runs r ON r.state = s.state
         GROUP BY s.state)
    SELECT 'inbox_age_seconds', '', inbox_age_seconds()
    UNION ALL
    SELECT 'sweep_age_seconds', '', sweep_age_seconds()
    UNION ALL
    SELECT 'unhandled_events', slug, events::float8 FROM unhandled WHERE place <= 20
    UNION ALL
    SELECT 'unhandled_events', '(others)', COALESCE(sum(events), 0)::float8 FROM unhandled WHERE place > 20
    UNION ALL
    SELECT 'unhandled_event_age_seconds', '', age_seconds(min(oldest)) FROM unhandled
    UNION ALL
    SELECT 'payouts', state, payouts::float8 FROM standing
    UNION ALL
    SELECT 'payout_age_seconds', state, age_seconds(since) FROM standing
    UNION ALL
    SELECT 'handover_lag_seconds', kind, age_seconds(since) FROM unannounced
    UNION ALL
    SELECT 'open_tasks', '', tasks::float8 FROM asked
    UNION ALL
    SELECT 'open_task_age_seconds', '', age_seconds(since) FROM asked
    UNION ALL
    SELECT 'events_out_due', '', deliveries::float8 FROM due
    UNION ALL
    SELECT 'event_out_age_seconds', '', age_seconds(since) FROM due
    UNION ALL
    SELECT 'endpoints_off', '', count(*)::float8 FROM webhook_endpoints WHERE state = 'off' AND state_reason <> 'by_hand'
    UNION ALL
    SELECT 'bank_files', state, files::float8 FROM files
    UNION ALL
    SELECT 'bank_file_age_seconds', state, age_seconds(since) FROM files
    UNION ALL
    SELECT 'statement_age_seconds', '', age_seconds(min(brought_at)) FROM statement_files WHERE matched_at IS NULL
    UNION ALL
    SELECT 'connections_broken', p.name, count(c.tenant_id)::float8
      FROM providers p LEFT JOIN provider_connections c ON c.provider = p.name AND c.state = 'broken'
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'subscriptions_failing', '', count(*)::float8
      FROM sweep_states s JOIN provider_connections c USING (tenant_id, provider)
     WHERE s.subscriptions_state = 'failing' AND c.state = 'connected'
    UNION ALL
    -- Seconds until the next free slot, of the account where it is furthest: the budget is used up where nothing is free
    -- within three.
    SELECT 'budget_booked_seconds', p.name,
           COALESCE(max(extract(epoch FROM b.next_free_at - clock_timestamp()))
                    FILTER (WHERE b.next_free_at > clock_timestamp()), 0)::float8
      FROM providers p LEFT JOIN api_budgets b ON b.provider = p.name
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'documents_of_the_year', p.name,
           COALESCE(max(b.creations) FILTER (
                    WHERE b.creations_year = extract(year FROM now() AT TIME ZONE 'Europe/Berlin')), 0)::float8
      FROM providers p LEFT JOIN api_budgets b ON b.provider = p.name
     WHERE p.is_books GROUP BY p.name
    UNION ALL
    SELECT 'months_missing', '', count(*)::float8 FROM months_missing()
    UNION ALL
    SELECT 'workers', '', count(*)::float8 FROM running_workers WHERE seen_at > now() - interval '60 seconds'
    $$;
REVOKE ALL ON FUNCTION operating_figures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operating_figures TO partnerdesk_app;
