COMMENT ON TABLE tenants IS 'A firm that pays partners: its address for documents, and the rules that its admins set.';
COMMENT ON TABLE users IS 'A person, in however many tenants.';
COMMENT ON TABLE user_secrets IS 'What proves who a person is: password and second factor.';
COMMENT ON TABLE memberships IS 'What a person is in a tenant; rows stay, so that names in the trail can be told.';
COMMENT ON TABLE sessions IS 'Somebody is logged in, and has entered this tenant.';
COMMENT ON TABLE one_time_links IS 'An invitation or a reset of a password: works once, for 30 minutes.';
COMMENT ON TABLE api_key_minutes IS 'How many requests each API key has made in the minute at hand, over all processes.';
COMMENT ON TABLE login_attempts IS 'How often somebody tried to log in, by account and by address, both as HMACs.';
COMMENT ON TABLE api_keys IS
    'A machine''s key: its scopes, its maker and its end; of the secret there is an HMAC only.';

-- Look-ups before the tenant is known. They run as the owner and return ids only.
CREATE OR REPLACE FUNCTION find_tenant(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM tenants WHERE slug = wanted $$;
REVOKE ALL ON FUNCTION find_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenant TO partnerdesk_app;

CREATE OR REPLACE FUNCTION list_tenants() RETURNS TABLE (id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id, slug FROM tenants ORDER BY slug $$;
REVOKE ALL ON FUNCTION list_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants TO partnerdesk_app;

CREATE OR REPLACE FUNCTION find_api_key(wanted text)
    RETURNS TABLE (tenant_id uuid, slug text, secret_hmac bytea, scopes text[], name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT k.tenant_id, s.slug, k.secret_hmac,
           CASE WHEN k.created_by_user IS NULL THEN k.scopes
                ELSE ARRAY(SELECT unnest(k.scopes) INTERSECT SELECT unnest(scopes_of_role(m.role))) END,
           k.name
      FROM api_keys k
      JOIN tenants s ON s.id = k.tenant_id
      LEFT JOIN memberships m ON m.tenant_id = k.tenant_id AND m.user_id = k.created_by_user AND m.disabled_at IS NULL
      LEFT JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
     WHERE k.id = wanted AND k.revoked_at IS NULL AND k.expires_at > now()
       AND (k.created_by_user IS NULL OR u.id IS NOT NULL)
    $$;
REVOKE ALL ON FUNCTION find_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key TO partnerdesk_app;

-- Counted before the password is looked at, so that guesses side by side are counted too.
CREATE OR REPLACE FUNCTION count_login_attempt(of_subject bytea, span interval) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO login_attempts AS l (subject) VALUES (of_subject)
    ON CONFLICT (subject) DO UPDATE SET
        attempts = CASE WHEN l.since < now() - span THEN 1 ELSE l.attempts + 1 END,
        since = CASE WHEN l.since < now() - span THEN now() ELSE l.since END
    RETURNING attempts
    $$;
REVOKE ALL ON FUNCTION count_login_attempt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_login_attempt TO partnerdesk_app;

CREATE OR REPLACE FUNCTION forget_login_attempts(of_subject bytea) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM login_attempts WHERE subject = of_subject OR since < now() - interval '1 day' $$;
REVOKE ALL ON FUNCTION forget_login_attempts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_login_attempts TO partnerdesk_app;

-- Look-ups before it is known who asks. They return ids, states and the asker's own address.
CREATE OR REPLACE FUNCTION find_user(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM users WHERE email = lower(wanted) $$;
REVOKE ALL ON FUNCTION find_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_user TO partnerdesk_app;

CREATE OR REPLACE FUNCTION list_users() RETURNS TABLE (id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM users ORDER BY id $$;
REVOKE ALL ON FUNCTION list_users FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_users TO partnerdesk_app;

-- Found or made, so that two invitations at once meet.
CREATE OR REPLACE FUNCTION add_user(with_email text, with_name text) RETURNS TABLE (id uuid, is_new boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
#variable_conflict use_column
DECLARE
    made uuid;
BEGIN
    INSERT INTO users (email, name) VALUES (lower(with_email), with_name) ON CONFLICT (email) DO NOTHING
    RETURNING users.id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO user_secrets (user_id) VALUES (made);
        RETURN QUERY SELECT made, true;
    ELSE
        RETURN QUERY SELECT users.id, false FROM users WHERE email = lower(with_email);
    END IF;
END $$;
REVOKE ALL ON FUNCTION add_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_user TO partnerdesk_app;

-- Whether an admin of this tenant may hand this person a way in: nobody who is at home elsewhere too.
CREATE OR REPLACE FUNCTION is_at_home_only_in(for_tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT NOT u.platform_admin
           AND EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id = for_tenant)
           AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $$;
REVOKE ALL ON FUNCTION is_at_home_only_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_at_home_only_in TO partnerdesk_app;

CREATE OR REPLACE FUNCTION find_one_time_link(hmacs bytea[]) RETURNS TABLE (id uuid, user_id uuid, purpose text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT l.id, l.user_id, l.purpose FROM one_time_links l JOIN users u ON u.id = l.user_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.expires_at > now() AND u.disabled_at IS NULL
    $$;
REVOKE ALL ON FUNCTION find_one_time_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_one_time_link TO partnerdesk_app;

CREATE OR REPLACE FUNCTION find_session(hmacs bytea[], idle interval)
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

-- A session ends with the role, the password or the account that it began with.
CREATE OR REPLACE FUNCTION end_sessions_of_person() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    DELETE FROM sessions WHERE user_id = CASE TG_TABLE_NAME WHEN 'users' THEN (to_jsonb(NEW)->>'id')::uuid
                                                            ELSE (to_jsonb(NEW)->>'user_id')::uuid END;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_sessions_of_person FROM PUBLIC;

CREATE OR REPLACE TRIGGER end_sessions AFTER UPDATE ON user_secrets FOR EACH ROW
    WHEN (OLD.password_changed_at IS DISTINCT FROM NEW.password_changed_at
          OR OLD.totp_confirmed_at IS NOT NULL AND NEW.totp_confirmed_at IS NULL)
    EXECUTE FUNCTION end_sessions_of_person();
COMMENT ON TRIGGER end_sessions ON user_secrets IS
    'Ends the sessions of a person whose password changed or whose second factor went.'
    ' Relied on by ledger/access/users.py, ledger/access/sessions.py.';

CREATE OR REPLACE TRIGGER end_sessions AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.disabled_at, OLD.platform_admin) IS DISTINCT FROM (NEW.disabled_at, NEW.platform_admin))
    EXECUTE FUNCTION end_sessions_of_person();
COMMENT ON TRIGGER end_sessions ON users IS
    'Ends the sessions of a person who is disabled, or becomes or ceases to be a platform admin.'
    ' Relied on by ledger/access/users.py, ledger/access/sessions.py.';

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
REVOKE ALL ON FUNCTION end_sessions_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_sessions_in TO partnerdesk_app;

CREATE OR REPLACE FUNCTION scopes_of_role(role text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE role WHEN 'viewer' THEN ARRAY['read']
                     WHEN 'editor' THEN ARRAY['read', 'write', 'statements']
                     WHEN 'approver' THEN ARRAY['read', 'approve']
                     WHEN 'admin' THEN ARRAY['read', 'write', 'approve', 'bank', 'statements']
                     ELSE ARRAY[]::text[] END
    $$;

-- People who work in several tenants: what one of these may do to them ends at its own door.

-- Whether somebody else may let this person in, too.
CREATE OR REPLACE FUNCTION is_at_home_elsewhere(for_tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.platform_admin
           OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = person AND m.tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $$;
REVOKE ALL ON FUNCTION is_at_home_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_at_home_elsewhere TO partnerdesk_app;

CREATE OR REPLACE FUNCTION end_sessions_of_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM end_sessions_in(NEW.tenant_id, NEW.user_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_sessions_of_member FROM PUBLIC;

CREATE OR REPLACE TRIGGER end_sessions AFTER UPDATE ON memberships FOR EACH ROW
    WHEN ((OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.role, NEW.disabled_at))
    EXECUTE FUNCTION end_sessions_of_member();
COMMENT ON TRIGGER end_sessions ON memberships IS
    'Ends the sessions in a tenant where a role changed or ended.'
    ' Relied on by ledger/access/memberships.py, ledger/access/sessions.py.';

-- What one process has counted in a minute is added to what the others have. Returns what all have, of these keys.
CREATE OR REPLACE FUNCTION count_api_requests(in_minute bigint, of_keys text[], made integer[])
    RETURNS TABLE (key_id text, requests integer)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO api_key_minutes AS m (key_id, minute, requests)
    SELECT told.key, in_minute, told.count FROM unnest(of_keys, made) AS told (key, count) ORDER BY told.key
    ON CONFLICT ON CONSTRAINT api_key_minutes_pkey DO UPDATE SET
        requests = CASE WHEN m.minute = EXCLUDED.minute THEN m.requests + EXCLUDED.requests ELSE EXCLUDED.requests END,
        minute = EXCLUDED.minute
     WHERE m.minute <= EXCLUDED.minute
    RETURNING m.key_id, m.requests
    $$;
REVOKE ALL ON FUNCTION count_api_requests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_api_requests TO partnerdesk_app;
