-- The line of a month is free with the hold of the last payment in it and belongs to the run that closes the month
-- (rules.md, Money). Lines that wait were to wait until the month's end at least: as if the last customer had paid then.
-- Where the day of a line is later, it is that of the last payment already.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        UPDATE commissions c SET free_from = last.paid_at
          FROM (SELECT w.id, max(COALESCE(s.paid_at, s.sold_at)) AS paid_at
                  FROM commissions w
                 CROSS JOIN LATERAL (
                       SELECT w.month::timestamp AT TIME ZONE 'Europe/Berlin' AS begins,
                              (w.month + interval '1 month') AT TIME ZONE 'Europe/Berlin' AS ends) m
                  JOIN transactions s ON s.tenant_id = w.tenant_id AND s.campaign_id = w.campaign_id
                                     AND s.sold_at >= m.begins AND s.sold_at < m.ends AND s.state = 'approved'
                                     AND COALESCE(s.paid_at, s.sold_at) < m.ends
                 WHERE w.tenant_id = t.id AND w.month IS NOT NULL AND w.net_cents > 0
                   AND w.state IN ('approved', 'in_payout') AND w.free_from = m.ends
                   AND EXISTS (SELECT 1 FROM commissions e
                                WHERE e.tenant_id = s.tenant_id AND e.transaction_id = s.id AND e.kind = 'sale'
                                  AND e.partner_id = w.partner_id)
                 GROUP BY w.id) last
         WHERE c.tenant_id = t.id AND c.id = last.id;
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
