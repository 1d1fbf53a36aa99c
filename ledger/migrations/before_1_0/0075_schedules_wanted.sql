-- The engine keeps a sweep for each connected tenant, and a payout run for each that has a day. Which of them are still
-- to be set as the ledger says: written by what they follow, removed by who has set them (ledger/connections/wanted_schedules.py).
CREATE TABLE schedules_wanted (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    kind        text NOT NULL CHECK (kind IN ('sweep', 'payout_run')),
    wanted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, kind)
);
-- A run that was switched off while the engine was away is still held every month.
INSERT INTO schedules_wanted (tenant_id, kind) SELECT id, 'payout_run' FROM tenants;
SELECT protect_tenant_table('schedules_wanted', rights => 'SELECT, INSERT, UPDATE, DELETE');
SELECT allow_lookup('schedules_wanted');
CREATE INDEX schedules_to_set ON schedules_wanted (wanted_at);

CREATE FUNCTION want_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO schedules_wanted (tenant_id, kind) VALUES ((to_jsonb(NEW) ->> TG_ARGV[1])::uuid, TG_ARGV[0])
    ON CONFLICT (tenant_id, kind) DO UPDATE SET wanted_at = clock_timestamp();
    RETURN NULL;
END $$;

CREATE TRIGGER want_payout_run AFTER UPDATE OF payout_run_day, payout_run_hour ON tenants FOR EACH ROW
    WHEN ((OLD.payout_run_day, OLD.payout_run_hour) IS DISTINCT FROM (NEW.payout_run_day, NEW.payout_run_hour))
    EXECUTE FUNCTION want_schedule('payout_run', 'id');
CREATE TRIGGER want_sweep AFTER UPDATE ON provider_connections FOR EACH ROW
    WHEN (NEW.provider = 'lexoffice' AND NEW.has_credential AND NOT OLD.has_credential)
    EXECUTE FUNCTION want_schedule('sweep', 'tenant_id');

CREATE FUNCTION find_schedules_wanted(older_than interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT w.tenant_id, t.slug, w.kind FROM schedules_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.wanted_at < now() - older_than ORDER BY w.wanted_at LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_schedules_wanted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_schedules_wanted TO partnerdesk_app;
