SELECT allow_lookup('sweep_states');

-- For /metrics: how long ago the last complete pass ended of the connected tenant where it is longest ago; where there
-- never was one, since its key. A number, no contents. A schedule that was lost shows nowhere else.
CREATE FUNCTION sweep_age_seconds() RETURNS double precision
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
