-- As before, and the tenant's name. A function's columns cannot be added to, so it is made anew.
DROP FUNCTION find_session(bytea[], interval);
CREATE FUNCTION find_session(hmacs bytea[], idle interval)
    RETURNS TABLE (session_id uuid, user_id uuid, email text, platform_admin boolean, tenant_id uuid, slug text,
                   role text, enrolled boolean, second_factor_at timestamptz, last_seen_at timestamptz,
                   tenant_name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT s.id, s.user_id, u.email, u.platform_admin, s.tenant_id, t.slug, m.role,
           c.totp_confirmed_at IS NOT NULL, s.second_factor_at, s.last_seen_at, t.name
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
      LEFT JOIN user_secrets c ON c.user_id = u.id
      LEFT JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN memberships m ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.disabled_at IS NULL
     WHERE s.token_hmac = ANY (hmacs) AND s.expires_at > now() AND s.last_seen_at > now() - idle
    $$;
REVOKE ALL ON FUNCTION find_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_session TO partnerdesk_app;
