-- Row-level security binds the owner, too: what 0330 wrote over all tenants found no row. And what was told of money that went
-- back before its source was kept (0410) is of the source that its name shows, so that a later word of that source meets it:
-- a failed refund is taken off that source's refunds alone.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE provider_connections SET awaits_invoice = true WHERE tenant_id = t.id AND provider = 'stripe';
        UPDATE refunds SET source = COALESCE((SELECT name FROM providers WHERE name = split_part(reference, ':', 1)),
                                             CASE WHEN reference ~ '^(ch|py|re|pyr|du|dp|pi|in|cs)_' THEN 'stripe' END)
         WHERE tenant_id = t.id AND source IS NULL AND kind IN ('charge', 'refund_failed', 'dispute');
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
