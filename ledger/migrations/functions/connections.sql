COMMENT ON TABLE providers IS 'Who keeps books, and who tells of sales.';
COMMENT ON TABLE provider_connections IS
    'A tenant''s connection to a provider: state, credential, and which organisation it is pinned to.';
COMMENT ON TABLE webhook_tokens IS 'The token in the address that a provider calls, as an HMAC.';
COMMENT ON TABLE api_budgets IS 'When the provider may be called next, and how many documents were created this year.';
COMMENT ON TABLE api_usage IS 'Requests to a provider, hour by hour.';
COMMENT ON TABLE oauth_tokens IS 'The one valid pair of tokens of a tenant''s grant.';
COMMENT ON TABLE oauth_consents IS
    'A person was sent to lexoffice and may come back once, in the same session, within ten minutes.';
COMMENT ON TABLE event_subscriptions IS 'A subscription of ours at lexoffice, and which token it carries.';
COMMENT ON TABLE recovery_checks IS 'After a restore: the numbers were compared, by whom, and what differed.';
COMMENT ON TABLE schedules_wanted IS 'A schedule of the engine that is still to be set as the ledger says.';
COMMENT ON TABLE running_workers IS
    'A worker process, which formulas of approvals it reads, and when it last said that it runs.';

CREATE OR REPLACE FUNCTION find_webhook_token(hmacs bytea[])
    RETURNS TABLE (tenant_id uuid, slug text, provider text, token_id uuid, kind text,
                   organization_id uuid, requires_signature boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT t.tenant_id, s.slug, t.provider, t.id, t.kind, p.organization_id, p.requires_signature
      FROM webhook_tokens t
      JOIN tenants s ON s.id = t.tenant_id
      JOIN provider_connections p ON p.tenant_id = t.tenant_id AND p.provider = t.provider
     WHERE t.token_hmac = ANY (hmacs) AND (t.expires_at IS NULL OR t.expires_at > now())
    $$;
REVOKE ALL ON FUNCTION find_webhook_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_webhook_token TO partnerdesk_app;

CREATE OR REPLACE FUNCTION list_connected_tenants(from_provider text) RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = from_provider AND p.has_credential ORDER BY t.slug
    $$;
REVOKE ALL ON FUNCTION list_connected_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_connected_tenants TO partnerdesk_app;

-- Who has no books at lexoffice to compare is passed over all the same: months are closed and questions asked anew by the same pass.
CREATE OR REPLACE FUNCTION list_swept_tenants() RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT t.id, t.slug FROM provider_connections p JOIN tenants t ON t.id = p.tenant_id
     WHERE p.provider = 'lexoffice' AND (p.has_credential OR t.books <> 'lexoffice') ORDER BY t.slug
    $$;
REVOKE ALL ON FUNCTION list_swept_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_swept_tenants TO partnerdesk_app;

CREATE OR REPLACE FUNCTION count_api_request() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_usage AS u (tenant_id, provider, hour, requests)
    VALUES (NEW.tenant_id, NEW.provider, date_trunc('hour', clock_timestamp()), 1)
    ON CONFLICT (tenant_id, provider, hour) DO UPDATE SET requests = u.requests + 1;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER count_api_request AFTER UPDATE OF next_free_at ON api_budgets
    FOR EACH ROW EXECUTE FUNCTION count_api_request();
COMMENT ON TRIGGER count_api_request ON api_budgets IS
    'Counts a request in its hour.'
    ' Relied on by ledger/connections/budget.py, ledger/reports/overview.py.';

CREATE OR REPLACE FUNCTION want_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO schedules_wanted (tenant_id, kind) VALUES ((to_jsonb(NEW) ->> TG_ARGV[1])::uuid, TG_ARGV[0])
    ON CONFLICT (tenant_id, kind) DO UPDATE SET wanted_at = clock_timestamp();
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER want_sweep AFTER UPDATE ON provider_connections FOR EACH ROW
    WHEN (NEW.provider = 'lexoffice' AND NEW.has_credential AND NOT OLD.has_credential)
    EXECUTE FUNCTION want_schedule('sweep', 'tenant_id');
COMMENT ON TRIGGER want_sweep ON provider_connections IS
    'Notes that the engine needs a schedule of sweeps, now that there is a credential.'
    ' Relied on by ledger/connections/connecting.py, ledger/connections/wanted_schedules.py.';

CREATE OR REPLACE TRIGGER want_sweep_without_books AFTER UPDATE OF books ON tenants FOR EACH ROW
    WHEN (NEW.books <> 'lexoffice' AND NEW.books <> OLD.books)
    EXECUTE FUNCTION want_schedule('sweep', 'id');
COMMENT ON TRIGGER want_sweep_without_books ON tenants IS
    'Notes that the engine needs a schedule of sweeps for a tenant whose books lexoffice does not keep.'
    ' Relied on by ledger/tax/strategies.py, ledger/connections/wanted_schedules.py.';

CREATE OR REPLACE TRIGGER want_payout_run AFTER UPDATE OF payout_run_day, payout_run_hour ON tenants FOR EACH ROW
    WHEN ((OLD.payout_run_day, OLD.payout_run_hour) IS DISTINCT FROM (NEW.payout_run_day, NEW.payout_run_hour))
    EXECUTE FUNCTION want_schedule('payout_run', 'id');
COMMENT ON TRIGGER want_payout_run ON tenants IS
    'Notes that the engine''s schedule of payout runs is to be set anew.'
    ' Relied on by ledger/access/tenants.py, ledger/connections/wanted_schedules.py.';

CREATE OR REPLACE FUNCTION find_schedules_wanted(older_than interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT w.tenant_id, t.slug, w.kind FROM schedules_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.wanted_at < now() - older_than ORDER BY w.wanted_at LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_schedules_wanted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_schedules_wanted TO partnerdesk_app;

-- A worker says that it runs; what has not been heard of for a day is forgotten.
CREATE OR REPLACE FUNCTION tell_worker_runs(worker text, formulas integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    DELETE FROM running_workers WHERE seen_at < now() - interval '1 day';
    INSERT INTO running_workers AS r (name, reads) VALUES (worker, formulas)
    ON CONFLICT (name) DO UPDATE SET reads = EXCLUDED.reads, seen_at = now(),
           started_at = CASE WHEN r.reads = EXCLUDED.reads THEN r.started_at ELSE now() END;
    $$;
REVOKE ALL ON FUNCTION tell_worker_runs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_worker_runs TO partnerdesk_app;

CREATE OR REPLACE FUNCTION tell_worker_ended(worker text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM running_workers WHERE name = worker $$;
REVOKE ALL ON FUNCTION tell_worker_ended FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_worker_ended TO partnerdesk_app;
