-- People: who they are, what they may do in a tenant, and what proves it. The chain under the audit trail.
-- Bank details that wait for a second person.
--
-- A person works in many tenants, so these tables have no tenant. They open for one person at a time: the second
-- statement of a transaction is set_config('app.person', …, true). Nobody set, nobody seen.

CREATE FUNCTION current_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.person', true), '')::uuid $$;

CREATE FUNCTION protect_person_table(target regclass, person_column text, rights text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own_person ON %s USING (%I = current_person()) WITH CHECK (%I = current_person())',
                   target, person_column, person_column);
    -- The SECURITY DEFINER functions below work as the owner: before it is known who asks, and to end sessions.
    EXECUTE format('CREATE POLICY functions ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO partnerdesk_app', rights, target);
END $$;
REVOKE ALL ON FUNCTION protect_person_table FROM PUBLIC;

CREATE TABLE users (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email           text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
    name            text CHECK (length(name) BETWEEN 1 AND 200),
    platform_admin  boolean NOT NULL DEFAULT false,
    disabled_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now()
);
SELECT protect_person_table('users', 'id', 'SELECT, UPDATE (name, platform_admin, disabled_at)');

CREATE TABLE user_secrets (
    user_id         uuid PRIMARY KEY REFERENCES users,
    password_hash   text CHECK (password_hash LIKE '$argon2id$%'),  -- NULL until the invitation is taken up
    password_changed_at timestamptz,
    totp_secret_encrypted bytea,
    totp_confirmed_at timestamptz,      -- the first code was right: from then on one is asked for
    totp_last_step  bigint NOT NULL DEFAULT 0,  -- a code works once: only steps after this one count
    CHECK (totp_confirmed_at IS NULL OR totp_secret_encrypted IS NOT NULL)
);
SELECT protect_person_table('user_secrets', 'user_id', 'SELECT, INSERT, UPDATE');

-- What a person is in a tenant. Rows stay, so that names in the audit trail can be told.
CREATE TABLE memberships (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    user_id         uuid NOT NULL REFERENCES users,
    role            text NOT NULL CHECK (role IN ('viewer', 'editor', 'approver', 'admin')),
    disabled_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now(),
    changed_by      uuid REFERENCES users,  -- NULL: an operator, by command
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT nobody_changes_the_own_role CHECK (changed_by <> user_id)
);
CREATE INDEX ON memberships (user_id);
SELECT protect_tenant_table('memberships');
SELECT allow_lookup('memberships');
CREATE POLICY own_person ON memberships FOR SELECT USING (user_id = current_person());
-- Colleagues see each other's names; secrets lie elsewhere.
CREATE POLICY colleagues ON users FOR SELECT
    USING (EXISTS (SELECT 1 FROM memberships m WHERE m.tenant_id = current_tenant() AND m.user_id = users.id));

CREATE TABLE sessions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hmac      bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    user_id         uuid NOT NULL REFERENCES users,
    tenant_id       uuid REFERENCES tenants,    -- the tenant that was entered
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL,
    second_factor_at timestamptz,       -- when the last code was right
    CHECK (expires_at <= created_at + interval '1 day')
);
CREATE INDEX ON sessions (user_id);
SELECT protect_person_table('sessions', 'user_id', 'SELECT, INSERT, UPDATE, DELETE');

-- Reset of a password, or an invitation: works once, for 30 minutes.
CREATE TABLE one_time_links (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hmac      bytea NOT NULL UNIQUE CHECK (length(token_hmac) = 32),
    user_id         uuid NOT NULL REFERENCES users,
    purpose         text NOT NULL CHECK (purpose IN ('reset', 'invite')),
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL DEFAULT now() + interval '30 minutes',
    used_at         timestamptz,
    CHECK (expires_at <= created_at + interval '30 minutes')
);
CREATE INDEX ON one_time_links (user_id);
SELECT protect_person_table('one_time_links', 'user_id', 'SELECT, INSERT, UPDATE');

-- Attempts to log in, per account and per address, both as HMACs. Only the functions below touch it.
CREATE TABLE login_attempts (
    subject         bytea PRIMARY KEY CHECK (length(subject) = 32),
    attempts        integer NOT NULL DEFAULT 1,
    since           timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON login_attempts TO CURRENT_USER USING (true) WITH CHECK (true);

-- Counted before the password is looked at, so that guesses side by side are counted too.
CREATE FUNCTION count_login_attempt(of_subject bytea, span interval) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$
    INSERT INTO login_attempts AS l (subject) VALUES (of_subject)
    ON CONFLICT (subject) DO UPDATE SET
        attempts = CASE WHEN l.since < now() - span THEN 1 ELSE l.attempts + 1 END,
        since = CASE WHEN l.since < now() - span THEN now() ELSE l.since END
    RETURNING attempts
    $$;

CREATE FUNCTION forget_login_attempts(of_subject bytea) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$ DELETE FROM login_attempts WHERE subject = of_subject OR since < now() - interval '1 day' $$;

-- Look-ups before it is known who asks. They return ids, states and the asker's own address.
CREATE FUNCTION find_user(wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM users WHERE email = lower(wanted) $$;

CREATE FUNCTION list_users() RETURNS TABLE (id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM users ORDER BY id $$;

-- Found or made, so that two invitations at once meet.
CREATE FUNCTION add_user(with_email text, with_name text) RETURNS TABLE (id uuid, is_new boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public
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

-- Whether an admin of this tenant may hand this person a way in: nobody who is at home elsewhere too.
CREATE FUNCTION is_at_home_only_in(for_tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT NOT u.platform_admin
           AND EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id = for_tenant)
           AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = person AND tenant_id <> for_tenant)
      FROM users u WHERE u.id = person
    $$;

CREATE FUNCTION find_one_time_link(hmacs bytea[]) RETURNS TABLE (id uuid, user_id uuid, purpose text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT l.id, l.user_id, l.purpose FROM one_time_links l JOIN users u ON u.id = l.user_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.expires_at > now() AND u.disabled_at IS NULL
    $$;

CREATE FUNCTION find_session(hmacs bytea[], idle interval)
    RETURNS TABLE (session_id uuid, user_id uuid, email text, platform_admin boolean, tenant_id uuid, slug text,
                   role text, enrolled boolean, second_factor_at timestamptz, last_seen_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT s.id, s.user_id, u.email, u.platform_admin, s.tenant_id, t.slug, m.role,
           c.totp_confirmed_at IS NOT NULL, s.second_factor_at, s.last_seen_at
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
      LEFT JOIN user_secrets c ON c.user_id = u.id
      LEFT JOIN tenants t ON t.id = s.tenant_id
      LEFT JOIN memberships m ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.disabled_at IS NULL
     WHERE s.token_hmac = ANY (hmacs) AND s.expires_at > now() AND s.last_seen_at > now() - idle
    $$;

-- A session ends with the role, the password or the account that it began with.
CREATE FUNCTION end_sessions_of_person() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
BEGIN
    DELETE FROM sessions WHERE user_id = CASE TG_TABLE_NAME WHEN 'users' THEN (to_jsonb(NEW)->>'id')::uuid
                                                            ELSE (to_jsonb(NEW)->>'user_id')::uuid END;
    RETURN NULL;
END $$;
CREATE TRIGGER end_sessions AFTER UPDATE ON memberships FOR EACH ROW
    WHEN ((OLD.role, OLD.disabled_at) IS DISTINCT FROM (NEW.role, NEW.disabled_at))
    EXECUTE FUNCTION end_sessions_of_person();
CREATE TRIGGER end_sessions AFTER UPDATE ON user_secrets FOR EACH ROW
    WHEN (OLD.password_changed_at IS DISTINCT FROM NEW.password_changed_at
          OR OLD.totp_confirmed_at IS NOT NULL AND NEW.totp_confirmed_at IS NULL)
    EXECUTE FUNCTION end_sessions_of_person();
CREATE TRIGGER end_sessions AFTER UPDATE ON users FOR EACH ROW
    WHEN ((OLD.disabled_at, OLD.platform_admin) IS DISTINCT FROM (NEW.disabled_at, NEW.platform_admin))
    EXECUTE FUNCTION end_sessions_of_person();

-- For the admin's "log out everywhere" of a colleague.
CREATE FUNCTION end_sessions_in(for_tenant uuid, person uuid) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$
    WITH gone AS (DELETE FROM sessions WHERE user_id = person
                     AND EXISTS (SELECT 1 FROM memberships WHERE tenant_id = for_tenant AND user_id = person)
                  RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;

-- Keys of machines: never more than their maker, never longer than a year, and who decides does not write.
ALTER TABLE api_keys ADD COLUMN created_by_user uuid;
ALTER TABLE api_keys ADD FOREIGN KEY (tenant_id, created_by_user) REFERENCES memberships (tenant_id, user_id);

CREATE FUNCTION scopes_of_role(role text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE role WHEN 'viewer' THEN ARRAY['read']
                     WHEN 'editor' THEN ARRAY['read', 'write']
                     WHEN 'approver' THEN ARRAY['read', 'approve']
                     WHEN 'admin' THEN ARRAY['read', 'write', 'approve', 'bank']
                     ELSE ARRAY[]::text[] END
    $$;

CREATE OR REPLACE FUNCTION find_api_key(wanted text)
    RETURNS TABLE (tenant_id uuid, slug text, secret_hmac bytea, scopes text[], name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
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

-- Four eyes: from this gross amount of a partner in 30 days on, its makers do not approve.
ALTER TABLE tenants ADD COLUMN single_approver boolean NOT NULL DEFAULT false;
ALTER TABLE tenants ADD COLUMN bank_quarantine interval NOT NULL DEFAULT '7 days'
    CHECK (bank_quarantine BETWEEN interval '0' AND interval '90 days');
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE tenants SET four_eyes_limit_cents = COALESCE(four_eyes_limit_cents, 100000) WHERE id = t.id;
        UPDATE api_keys SET scopes = array_remove(scopes, 'write') WHERE scopes @> ARRAY['write', 'approve'];
    END LOOP;
END $$;
ALTER TABLE tenants ALTER COLUMN four_eyes_limit_cents SET DEFAULT 100000;
ALTER TABLE tenants ALTER COLUMN four_eyes_limit_cents SET NOT NULL;
ALTER TABLE api_keys ADD CONSTRAINT who_approves_does_not_write CHECK (NOT scopes @> ARRAY['write', 'approve']);
ALTER TABLE api_keys ADD CONSTRAINT a_key_ends_within_a_year CHECK (expires_at <= created_at + interval '367 days');
ALTER TABLE payouts ADD COLUMN four_eyes_switched_off boolean NOT NULL DEFAULT false;  -- at its approval
ALTER TABLE plans ADD COLUMN recorded_by text;
ALTER TABLE commissions ADD COLUMN recorded_by text;    -- of a line that a person wrote

-- A new account waits for a second person; a change waits for the quarantine, too. Until then nothing is paid.
ALTER TABLE partner_bank_details ADD COLUMN usable_from timestamptz NOT NULL DEFAULT now();
ALTER TABLE partner_bank_details ADD COLUMN confirmed_by text;
ALTER TABLE partner_bank_details ADD COLUMN confirmed_at timestamptz;
ALTER TABLE partner_bank_details ADD COLUMN confirmed_alone boolean NOT NULL DEFAULT false;
ALTER TABLE partner_bank_details ADD COLUMN refused_reason text;
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE partner_bank_details SET confirmed_by = 'before four eyes', confirmed_at = recorded_at
         WHERE state IN ('active', 'superseded');
    END LOOP;
END $$;
ALTER TABLE partner_bank_details ALTER COLUMN state SET DEFAULT 'pending';
ALTER TABLE partner_bank_details ADD CONSTRAINT an_account_in_use_was_confirmed
    CHECK (state <> 'active' OR confirmed_by IS NOT NULL);
ALTER TABLE partner_bank_details ADD CONSTRAINT confirmed_by_a_second_person
    CHECK (confirmed_by <> recorded_by OR confirmed_alone);
ALTER TABLE partner_bank_details ADD CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL));
CREATE UNIQUE INDEX one_pending_account_per_partner ON partner_bank_details (tenant_id, partner_id)
    WHERE state = 'pending';
CREATE INDEX accounts_to_activate ON partner_bank_details (usable_from)
    WHERE state = 'pending' AND confirmed_at IS NOT NULL;
SELECT allow_lookup('partner_bank_details');

CREATE FUNCTION waits_for_its_account() RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT 'Eine neue Bankverbindung ist noch nicht in Kraft.' $$;

CREATE FUNCTION hold_payouts_of_pending_account() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending') THEN
        UPDATE payouts SET held_reason = waits_for_its_account()
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id
           AND state IN ('awaiting_approval', 'approved') AND held_reason IS NULL;
    ELSE
        UPDATE payouts SET held_reason = NULL
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND held_reason = waits_for_its_account();
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_payouts AFTER INSERT OR UPDATE OF state ON partner_bank_details
    FOR EACH ROW EXECUTE FUNCTION hold_payouts_of_pending_account();

CREATE FUNCTION hold_new_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_reason IS NULL AND EXISTS (
        SELECT 1 FROM partner_bank_details
         WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'pending') THEN
        NEW.held_reason := waits_for_its_account();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_new_payout BEFORE INSERT ON payouts FOR EACH ROW EXECUTE FUNCTION hold_new_payout();

-- Confirmed, and the quarantine is over: to be put into force by the hand-over. Ids only.
CREATE FUNCTION find_accounts_to_activate(at_most integer) RETURNS TABLE (tenant_id uuid, slug text, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT b.tenant_id, t.slug, b.partner_id
      FROM partner_bank_details b JOIN tenants t ON t.id = b.tenant_id
     WHERE b.state = 'pending' AND b.confirmed_at IS NOT NULL AND b.usable_from <= now()
     ORDER BY b.usable_from LIMIT at_most
    $$;

-- The chain under the audit trail. An entry never changes; its link is written when its transaction commits.
-- `commitment` is SHA-256 over a salt and the personal data, which lie beside it: without them the chain stays whole.
ALTER TABLE audit_entries ADD COLUMN commitment bytea CHECK (length(commitment) = 32);

CREATE TABLE audit_personal (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    seq         bigint NOT NULL,
    salt        bytea NOT NULL CHECK (length(salt) >= 16),
    data        text NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
SELECT protect_tenant_table('audit_personal', rights => 'SELECT, INSERT');

CREATE TABLE audit_chain (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    number      bigint NOT NULL CHECK (number > 0),
    seq         bigint NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, number),
    UNIQUE (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entries
);
SELECT protect_tenant_table('audit_chain', rights => 'SELECT');

-- What is hashed, each part with its length before it. ledger/audit/audit_chain.py builds the same bytes.
CREATE FUNCTION audit_part(part text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT convert_to(octet_length(COALESCE(part, '')) || ':' || COALESCE(part, ''), 'UTF8') $$;

CREATE FUNCTION audit_link(entry audit_entries, number bigint, previous bytea) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT sha256(previous || audit_part(entry.tenant_id::text) || audit_part(number::text)
                  || audit_part(entry.seq::text) || audit_part((extract(epoch FROM entry.at) * 1000000)::bigint::text)
                  || audit_part(entry.actor) || audit_part(entry.action) || audit_part(entry.subject)
                  || audit_part(entry.subject_id) || audit_part(entry.detail::text) || audit_part(entry.origin)
                  || audit_part(encode(entry.commitment, 'hex')))
    $$;

CREATE FUNCTION seal_audit_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    last audit_chain%ROWTYPE;
BEGIN
    -- Deferred to the end of the transaction: this lock is the last one that is taken, so no circle of waiting
    -- can close over it, and it is held for the commit alone.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit-chain:' || NEW.tenant_id, 0));
    SELECT * INTO last FROM audit_chain WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    INSERT INTO audit_chain (tenant_id, number, seq, hash)
    VALUES (NEW.tenant_id, COALESCE(last.number, 0) + 1, NEW.seq,
            audit_link(NEW, COALESCE(last.number, 0) + 1, COALESCE(last.hash, sha256(convert_to(NEW.tenant_id::text, 'UTF8')))));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER seal_audit_entry AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();

-- What was written before there was a chain.
DO $$
DECLARE
    t     record;
    entry audit_entries%ROWTYPE;
    n     bigint;
    hash  bytea;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        n := 0;
        hash := sha256(convert_to(t.id::text, 'UTF8'));
        FOR entry IN SELECT * FROM audit_entries WHERE tenant_id = t.id ORDER BY seq LOOP
            n := n + 1;
            hash := audit_link(entry, n, hash);
            INSERT INTO audit_chain (tenant_id, number, seq, hash) VALUES (t.id, n, entry.seq, hash);
        END LOOP;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;

-- The duty to erase (GDPR, Art. 17): what lies beside the chain goes, the chain stays. Own tenant only.
CREATE FUNCTION erase_audit_personal(seqs bigint[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$
    WITH gone AS (DELETE FROM audit_personal WHERE tenant_id = current_tenant() AND seq = ANY (seqs) RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;

REVOKE ALL ON FUNCTION count_login_attempt, forget_login_attempts, find_user, list_users, add_user, is_at_home_only_in,
    find_one_time_link, find_session, end_sessions_in, end_sessions_of_person, find_accounts_to_activate,
    seal_audit_entry, erase_audit_personal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_login_attempt, forget_login_attempts, find_user, list_users, add_user,
    is_at_home_only_in, find_one_time_link, find_session, end_sessions_in, find_accounts_to_activate,
    erase_audit_personal TO partnerdesk_app;
