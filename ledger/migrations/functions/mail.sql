COMMENT ON TABLE mails IS 'A mail that is to be sent, or was: ids and numbers only.';
COMMENT ON TABLE mails_switched_off IS 'A kind of mail that a person, or the whole tenant, does not want.';

CREATE OR REPLACE FUNCTION remember_address() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO partner_addresses_before (tenant_id, partner_id, email) VALUES (OLD.tenant_id, OLD.id, OLD.email);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER remember_address AFTER UPDATE OF email ON partners FOR EACH ROW
    WHEN (OLD.email IS NOT NULL AND OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION remember_address();
COMMENT ON TRIGGER remember_address ON partners IS
    'Keeps the address that a partner had, for mails about the account.'
    ' Relied on by ledger/programme/partners.py, ledger/mail/outbox.py.';

-- One row for each member of these roles who wants this kind.
CREATE OR REPLACE FUNCTION mail_members(of_tenant uuid, of_kind text, roles text[], of_what text, with_facts jsonb DEFAULT '{}')
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

CREATE OR REPLACE FUNCTION mail_about_approval() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'approval_waits', ARRAY['approver', 'admin'], NEW.number);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mail_about_new_payout AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.open_holds IS NULL) EXECUTE FUNCTION mail_about_approval();
COMMENT ON TRIGGER mail_about_new_payout ON payouts IS
    'Writes mails to approvers about a payout that waits for them from the start.'
    ' Relied on by ledger/payouts/payout_requests.py, ledger/mail/outbox.py.';

CREATE OR REPLACE TRIGGER mail_about_payout AFTER UPDATE OF state, open_holds ON payouts FOR EACH ROW
    WHEN (NEW.state = 'awaiting_approval' AND NEW.open_holds IS NULL
          AND (OLD.state <> 'awaiting_approval' OR OLD.open_holds IS NOT NULL))
    EXECUTE FUNCTION mail_about_approval();
COMMENT ON TRIGGER mail_about_payout ON payouts IS
    'Writes mails to approvers about a payout that waits for them again, or is held no more.'
    ' Relied on by ledger/payouts/payouts.py, ledger/mail/outbox.py.';

CREATE OR REPLACE FUNCTION mail_about_task() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'task_created', ARRAY['editor', 'approver', 'admin'], NEW.id::text);
    RETURN NULL;
END $$;

-- A broken connection has a mail of its own.
CREATE OR REPLACE TRIGGER mail_about_task AFTER INSERT ON tasks FOR EACH ROW
    WHEN (NEW.state = 'open' AND NEW.kind <> 'connection_broken') EXECUTE FUNCTION mail_about_task();
COMMENT ON TRIGGER mail_about_task ON tasks IS
    'Writes mails about a new task to those who may answer it.'
    ' Relied on by ledger/tasks.py, ledger/mail/outbox.py.';

CREATE OR REPLACE FUNCTION mail_about_connection() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'connection_broken', ARRAY['admin'], NEW.provider);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mail_about_connection AFTER UPDATE OF state ON provider_connections FOR EACH ROW
    WHEN (NEW.state = 'broken' AND OLD.state <> 'broken') EXECUTE FUNCTION mail_about_connection();
COMMENT ON TRIGGER mail_about_connection ON provider_connections IS
    'Writes mails to admins about a connection that broke.'
    ' Relied on by ledger/connections/connection_health.py, ledger/mail/outbox.py.';

-- An endpoint of events out is a connection as well. Which one stands among the facts: `about` names providers.
CREATE OR REPLACE FUNCTION mail_about_endpoint() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'connection_broken', ARRAY['admin'], 'webhook',
                         jsonb_build_object('endpoint', NEW.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mail_about_endpoint AFTER UPDATE OF warned_at ON webhook_endpoints FOR EACH ROW
    WHEN (NEW.warned_at IS NOT NULL AND OLD.warned_at IS NULL) EXECUTE FUNCTION mail_about_endpoint();
COMMENT ON TRIGGER mail_about_endpoint ON webhook_endpoints IS
    'Writes mails to admins about an endpoint that has taken nothing for days, before it is switched off.'
    ' Relied on by ledger/audit/events_out.py, ledger/mail/outbox.py.';

-- Whoever may confirm; and, where money could be diverted (there is an account already), the partner: at the address of today
-- and at those that were given up in the last 30 days.
CREATE OR REPLACE FUNCTION mail_about_account() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mail_members(NEW.tenant_id, 'bank_details_changed', ARRAY['approver', 'admin'], NEW.id::text);
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

CREATE OR REPLACE TRIGGER mail_about_account AFTER INSERT ON partner_bank_details FOR EACH ROW
    WHEN (NEW.state = 'pending') EXECUTE FUNCTION mail_about_account();
COMMENT ON TRIGGER mail_about_account ON partner_bank_details IS
    'Writes mails about a new account: to those who may confirm it, and to the partner where there was an account before.'
    ' Relied on by ledger/bank/partner_accounts.py, ledger/mail/outbox.py.';

CREATE OR REPLACE FUNCTION mail_about_document() RETURNS trigger
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

CREATE OR REPLACE TRIGGER mail_about_document AFTER UPDATE OF voucher_number ON external_documents FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.kind = 'credit-note'
          AND NEW.voucher_number IS NOT NULL AND OLD.voucher_number IS NULL)
    EXECUTE FUNCTION mail_about_document();
COMMENT ON TRIGGER mail_about_document ON external_documents IS
    'Writes the mail to a partner whose credit note got its number.'
    ' Relied on by ledger/documents/documents.py, ledger/mail/outbox.py.';

CREATE OR REPLACE TRIGGER mail_about_new_document AFTER INSERT ON external_documents FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.kind = 'credit-note' AND NEW.voucher_number IS NOT NULL)
    EXECUTE FUNCTION mail_about_document();
COMMENT ON TRIGGER mail_about_new_document ON external_documents IS
    'The same where the number came with the document.'
    ' Relied on by ledger/documents/documents.py, ledger/mail/outbox.py.';

-- A return is evidence once, however often it is told. The codes are OF_THE_ACCOUNT of ledger/bank/return_reasons.py.
CREATE OR REPLACE FUNCTION mail_about_return() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mails (tenant_id, kind, partner_id, address, about)
    SELECT NEW.tenant_id, 'bank_details_wanted', q.id, q.email, NEW.id::text
      FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
     WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.email IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM mails_switched_off s
                        WHERE s.tenant_id = NEW.tenant_id AND s.kind = 'bank_details_wanted' AND s.user_id IS NULL);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mail_about_return AFTER INSERT ON payment_evidence FOR EACH ROW
    WHEN (NEW.kind = 'return' AND NEW.reason_code IN ('AC01', 'AC03', 'AC04', 'AC06', 'AC13', 'AC14', 'AG01', 'BE01',
                                                      'MD07', 'RC01'))
    EXECUTE FUNCTION mail_about_return();
COMMENT ON TRIGGER mail_about_return ON payment_evidence IS
    'Writes the mail that asks a partner for other bank details after a return whose reason is the account.'
    ' Relied on by ledger/bank/payment_matching.py, ledger/bank/unassigned.py, ledger/mail/outbox.py.';

-- A person is told what became of the own account; the first password is no news.
CREATE OR REPLACE FUNCTION mail_about_secrets() RETURNS trigger
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

CREATE OR REPLACE TRIGGER mail_about_secrets AFTER UPDATE OF password_changed_at, totp_confirmed_at ON user_secrets
    FOR EACH ROW EXECUTE FUNCTION mail_about_secrets();
COMMENT ON TRIGGER mail_about_secrets ON user_secrets IS
    'Writes mails to a person whose password or second factor changed.'
    ' Relied on by ledger/access/users.py, ledger/mail/outbox.py.';

-- To be handed over: of what is said to a member in one mail (approvals, tasks, accounts) the oldest, once it has waited
-- for the others. Ids only.
CREATE OR REPLACE FUNCTION find_mails_to_send(older_than interval, bundle interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, user_id uuid, id uuid, kind text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT m.tenant_id, t.slug, m.user_id, m.id, m.kind FROM (
        SELECT DISTINCT ON (n.tenant_id, n.user_id, n.kind, CASE WHEN NOT n.is_bundled THEN n.id END) n.*
          FROM (SELECT *, user_id IS NOT NULL
                          AND kind IN ('approval_waits', 'task_created', 'bank_details_changed') AS is_bundled
                  FROM mails
                 WHERE announced_at IS NULL AND taken_at IS NULL AND created_at > now() - interval '3 days') n
         ORDER BY n.tenant_id, n.user_id, n.kind, CASE WHEN NOT n.is_bundled THEN n.id END, n.seq
    ) m LEFT JOIN tenants t ON t.id = m.tenant_id
     WHERE m.created_at < now() - CASE WHEN m.is_bundled THEN bundle ELSE older_than END
     ORDER BY m.seq LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_mails_to_send FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_mails_to_send TO partnerdesk_app;

-- Over all tenants: what nobody needs any more.
CREATE OR REPLACE FUNCTION forget_old_mails() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    DELETE FROM partner_addresses_before WHERE until < now() - interval '60 days';
    WITH old AS (DELETE FROM mails WHERE created_at < now() - interval '60 days' RETURNING 1)
    SELECT count(*)::integer FROM old
    $$;
REVOKE ALL ON FUNCTION forget_old_mails FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_mails TO partnerdesk_app;
