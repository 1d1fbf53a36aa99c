-- Commissions of payouts that a person settled by hand stayed in_payout: the report as of a day counted them as owed.
-- Row-level security is forced on the owner, too: tenant by tenant.
DO $$
DECLARE t uuid;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t::text, true);
        UPDATE commissions c SET state = 'paid'
          FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE c.tenant_id = t AND c.state = 'in_payout' AND l.tenant_id = t AND l.commission_id = c.id
           AND l.released_at IS NULL AND p.state = 'settled_manually';
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
