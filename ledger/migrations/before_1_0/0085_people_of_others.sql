-- People who work in several tenants: what one of these may do to them ends at its own door.

-- Whether somebody else may let this person in, too.
CREATE FUNCTION is_at_home_elsewhere(for_tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.platform_admin
           OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = person AND m.tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $$;
REVOKE ALL ON FUNCTION is_at_home_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_at_home_elsewhere TO partnerdesk_app;

-- Sessions that have entered another tenant go on: the role here is asked for anew when they enter this one.
CREATE OR REPLACE FUNCTION end_sessions_in(for_tenant uuid, person uuid) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (DELETE FROM sessions WHERE user_id = person
                     AND EXISTS (SELECT 1 FROM memberships WHERE tenant_id = for_tenant AND user_id = person)
                     AND (tenant_id = for_tenant OR NOT is_at_home_elsewhere(for_tenant, person))
                  RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;

CREATE FUNCTION end_sessions_of_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM end_sessions_in(NEW.tenant_id, NEW.user_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_sessions_of_member FROM PUBLIC;
DROP TRIGGER end_sessions ON memberships;
CREATE TRIGGER end_sessions AFTER UPDATE ON memberships FOR EACH ROW
    WHEN ((OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.role, NEW.disabled_at))
    EXECUTE FUNCTION end_sessions_of_member();
