-- Mail. What causes one writes it, in its own transaction, by a trigger: no code path can forget it. A row holds ids and
-- numbers; what the mail says is read when it is sent. The hand-over announces rows like everything else (engine.md).

CREATE TABLE mails (
    tenant_id       uuid REFERENCES tenants,    -- NULL: about a person's own account, which is in no tenant
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    kind            text NOT NULL CHECK (kind IN (
                        'approval_waits', 'task_created', 'partner_document', 'bank_details_changed',
                        'connection_broken', 'password_changed', 'second_factor_added', 'second_factor_removed',
                        'reset_link', 'invitation', 'daily')),
    user_id         uuid REFERENCES users,      -- to a person
    partner_id      uuid,                       -- or to a partner,
    address         text,                       -- where it was to be reached then; forgotten when it is sent
    about           text,                       -- number of the payout, id of the task or account, the day
    facts           jsonb NOT NULL DEFAULT '{}',
    link_encrypted  bytea,                      -- of a one-time link: its token; forgotten when it is sent
    created_at      timestamptz NOT NULL DEFAULT now(),
    announced_at    timestamptz,
    taken_at        timestamptz,                -- from here on it is fixed what one mail speaks of
    bundled_in      uuid REFERENCES mails ON DELETE SET NULL, -- another row's mail speaks of this one, too
    ended_at        timestamptz,
    outcome         text CHECK (outcome IN ('sent', 'idle', 'over', 'no_address', 'refused', 'given_up')),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (tenant_id IS NOT NULL OR partner_id IS NULL),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX mails_to_announce ON mails (created_at) WHERE announced_at IS NULL AND taken_at IS NULL;
CREATE INDEX mails_of_a_recipient ON mails (tenant_id, user_id, kind) WHERE taken_at IS NULL;
CREATE INDEX mails_bundled ON mails (bundled_in) WHERE bundled_in IS NOT NULL;
CREATE INDEX mails_by_age ON mails (created_at);
CREATE UNIQUE INDEX one_daily_mail_a_day ON mails (tenant_id, user_id, about) WHERE kind = 'daily';
SELECT protect_tenant_table('mails');
CREATE POLICY own_person ON mails USING (tenant_id IS NULL AND user_id = current_person())
    WITH CHECK (tenant_id IS NULL AND user_id = current_person());
-- For the functions below, and for the owner's own repairs of user_secrets.
CREATE POLICY functions ON mails TO CURRENT_USER USING (true) WITH CHECK (true);

-- A row: this kind is not wanted, by one person or (user_id NULL) by the whole tenant. Security mails are always sent.
CREATE TABLE mails_switched_off (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    user_id     uuid,
    kind        text NOT NULL CHECK (kind IN (
                    'approval_waits', 'task_created', 'partner_document', 'connection_broken', 'daily')),
    since       timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, kind),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id)
);
SELECT protect_tenant_table('mails_switched_off', rights => 'SELECT, INSERT, DELETE');

-- Where a partner was to be reached before: who takes over an account changes the address first.
CREATE TABLE partner_addresses_before (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    partner_id  uuid NOT NULL,
    email       text NOT NULL,
    until       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id)
);
CREATE INDEX ON partner_addresses_before (tenant_id, partner_id, until);
CREATE INDEX partner_addresses_by_age ON partner_addresses_before (until);
SELECT protect_tenant_table('partner_addresses_before', rights => 'SELECT, INSERT');
CREATE POLICY functions ON partner_addresses_before TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION remember_address() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO partner_addresses_before (tenant_id, partner_id, email) VALUES (OLD.tenant_id, OLD.id, OLD.email);
    RETURN NULL;
END $$;
CREATE TRIGGER remember_address AFTER UPDATE OF email ON partners FOR EACH ROW
    WHEN (OLD.email IS NOT NULL AND OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION remember_address();

-- One row for each member of these roles who wants this kind.
CREATE FUNCTION mail_members(of_tenant uuid, of_kind text, roles text[], of_what text, with_facts jsonb DEFAULT '{}')
    RETURNS void LANGUAGE sql VOLATILE
    AS $$
    INSERT INTO mails (tenant_id, kind, user_id, about, facts)
    SELECT of_tenant, of_kind, m.user_id, of_what, with_facts
      FROM memberships m
     WHERE m.tenant_id = of_tenant AND m.disabled_at IS NULL AND m.role = ANY (roles)
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = of_tenant AND s.kind = of_kind
                          AND (s.user_id IS NULL OR s.user_id = m.user_id))
    $$;

CREATE FUNCTION mail_about_approval() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'approval_waits', ARRAY['approver', 'admin'], NEW.number);
    RETURN NULL;
END $$;
CREATE TRIGGER mail_about_new_payout AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.held_reason IS NULL) EXECUTE FUNCTION mail_about_approval();
CREATE TRIGGER mail_about_payout AFTER UPDATE OF state, held_reason ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.held_reason IS NULL
          AND (OLD.state <> 'awaiting_approval' OR OLD.held_reason IS NOT NULL))
    EXECUTE FUNCTION mail_about_approval();

CREATE FUNCTION mail_about_task() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'task_created', ARRAY['editor', 'approver', 'admin'], NEW.id::text);
    RETURN NULL;
END $$;
-- A broken connection has a mail of its own.
CREATE TRIGGER mail_about_task AFTER INSERT ON tasks FOR EACH ROW
    WHEN (NEW.state = 'open' AND NEW.kind <> 'connection_broken') EXECUTE FUNCTION mail_about_task();

CREATE FUNCTION mail_about_connection() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'connection_broken', ARRAY['admin'], NEW.provider);
    RETURN NULL;
END $$;
CREATE TRIGGER mail_about_connection AFTER UPDATE OF state ON provider_connections FOR EACH ROW
    WHEN (NEW.state = 'broken' AND OLD.state <> 'broken') EXECUTE FUNCTION mail_about_connection();

-- All admins; and, where money could be diverted (there is an account already), the partner: at the address of today
-- and at those that were given up in the last 30 days.
CREATE FUNCTION mail_about_account() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'bank_details_changed', ARRAY['admin'], NEW.id::text);
    IF EXISTS (SELECT 1 FROM partner_bank_details
                WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND state = 'active') THEN
        INSERT INTO mails (tenant_id, kind, partner_id, address, about)
        SELECT NEW.tenant_id, 'bank_details_changed', NEW.partner_id, email, NEW.id::text
          FROM (SELECT email FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.partner_id
                UNION
                SELECT email FROM partner_addresses_before
                 WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.partner_id AND until > now() - interval '30 days'
               ) known
         WHERE email IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_about_account AFTER INSERT ON partner_bank_details FOR EACH ROW
    WHEN (NEW.state = 'pending') EXECUTE FUNCTION mail_about_account();

CREATE FUNCTION mail_about_document() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mails (tenant_id, kind, partner_id, address, about)
    SELECT NEW.tenant_id, 'partner_document', q.id, q.email, p.number
      FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.email IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = NEW.tenant_id AND s.kind = 'partner_document' AND s.user_id IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER mail_about_new_document AFTER INSERT ON external_documents FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.voucher_number IS NOT NULL) EXECUTE FUNCTION mail_about_document();
CREATE TRIGGER mail_about_document AFTER UPDATE OF voucher_number ON external_documents FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.voucher_number IS NOT NULL AND OLD.voucher_number IS NULL)
    EXECUTE FUNCTION mail_about_document();

-- A person is told what became of the own account; the first password is no news.
CREATE FUNCTION mail_about_secrets() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mails (kind, user_id)
    SELECT news.kind, NEW.user_id
      FROM (VALUES
            ('password_changed', OLD.password_hash IS NOT NULL
                                 AND OLD.password_changed_at IS DISTINCT FROM NEW.password_changed_at),
            ('second_factor_added', OLD.totp_confirmed_at IS NULL AND NEW.totp_confirmed_at IS NOT NULL),
            ('second_factor_removed', OLD.totp_confirmed_at IS NOT NULL AND NEW.totp_confirmed_at IS NULL)
           ) AS news (kind, happened)
     WHERE news.happened;
    RETURN NULL;
END $$;
CREATE TRIGGER mail_about_secrets AFTER UPDATE OF password_changed_at, totp_confirmed_at ON user_secrets
    FOR EACH ROW EXECUTE FUNCTION mail_about_secrets();

-- To be handed over: of what is said in one mail (approvals, tasks) the oldest, once it has waited for the others. Ids only.
CREATE FUNCTION find_mails_to_send(older_than interval, bundle interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, user_id uuid, id uuid, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT m.tenant_id, t.slug, m.user_id, m.id, m.kind FROM (
        SELECT DISTINCT ON (tenant_id, user_id, kind, CASE WHEN kind NOT IN ('approval_waits', 'task_created') THEN id END) *
          FROM mails
         WHERE announced_at IS NULL AND taken_at IS NULL AND created_at > now() - interval '3 days'
         ORDER BY tenant_id, user_id, kind, CASE WHEN kind NOT IN ('approval_waits', 'task_created') THEN id END, seq
    ) m LEFT JOIN tenants t ON t.id = m.tenant_id
     WHERE m.created_at < now() - CASE WHEN m.kind IN ('approval_waits', 'task_created') THEN bundle ELSE older_than END
     ORDER BY m.seq LIMIT at_most
    $$;

-- Over all tenants: what nobody needs any more.
CREATE FUNCTION forget_old_mails() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
    AS $$
    DELETE FROM partner_addresses_before WHERE until < now() - interval '60 days';
    WITH old AS (DELETE FROM mails WHERE created_at < now() - interval '60 days' RETURNING 1)
    SELECT count(*)::integer FROM old
    $$;

-- The page of the audit trail filters by these.
CREATE INDEX audit_by_actor ON audit_entries (tenant_id, actor, seq);
CREATE INDEX audit_by_action ON audit_entries (tenant_id, action, seq);
CREATE INDEX audit_by_object ON audit_entries (tenant_id, subject, subject_id, seq);
CREATE INDEX audit_by_id ON audit_entries (tenant_id, subject_id, seq);

REVOKE ALL ON FUNCTION find_mails_to_send, forget_old_mails FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_mails_to_send, forget_old_mails TO partnerdesk_app;
