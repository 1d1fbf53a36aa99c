-- A returned payout that a person marked as paid had no day of payment; reports and papers ask for it. Known is the day
-- on which it was said. Row-level security is forced on the owner, too: tenant by tenant.
DO $$
DECLARE t uuid;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t::text, true);
        UPDATE payouts p
           SET paid_on = COALESCE((SELECT max(s.changed_at) FROM state_changes s
                                    WHERE s.tenant_id = p.tenant_id AND s.subject_id = p.id AND s.to_state = 'paid'),
                                  p.updated_at) AT TIME ZONE 'Europe/Berlin'
         WHERE p.tenant_id = t AND p.state = 'paid' AND p.paid_on IS NULL;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
ALTER TABLE payouts ADD CONSTRAINT what_is_paid_has_its_day CHECK (state <> 'paid' OR paid_on IS NOT NULL);
