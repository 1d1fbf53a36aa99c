-- What the tiers of a closed month came to stood in a German sentence of each level; now it is told from members of its
-- own, and what was settled before stands beside. The sentence stays for the release before.

SET LOCAL lock_timeout = '10s';

CREATE FUNCTION level_explained(level jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    terms text := (regexp_match(level ->> 'words', '^Stufe [0-9]+: Umsatz -?[0-9.]+,[0-9]{2}.€, (.*)$'))[1];
    percent text := replace((regexp_match(terms, '([0-9]+(?:,[0-9]+)?).%'))[1], ',', '.');
    fixed text := translate((regexp_match(terms, '([0-9.]+,[0-9]{2}).€ je Verkauf$'))[1], '.,', '');
BEGIN
    RETURN level || CASE
        WHEN terms LIKE 'durchgehend %' THEN jsonb_build_object(
            'tiers', 'flat', 'percent', COALESCE(percent, '0'), 'fixed_cents', COALESCE(fixed::bigint, 0))
        WHEN terms LIKE 'gestaffelt %' THEN jsonb_build_object(
            'tiers', 'graduated', 'percent', COALESCE(percent, '0'), 'fixed_cents', 0)
        ELSE '{}' END;
END $$;

DO $$
DECLARE
    of_tenant uuid;
BEGIN
    FOR of_tenant IN SELECT id FROM list_tenants() LOOP
        PERFORM set_config('app.tenant', of_tenant::text, true);
        UPDATE commissions c
           SET calculation = c.calculation
               || jsonb_build_object('settled_cents', COALESCE((
                      SELECT s.settled_cents FROM month_settlements s
                       WHERE s.tenant_id = c.tenant_id AND s.partner_id = c.partner_id AND s.campaign_id = c.campaign_id
                         AND s.month = c.month AND s.part = c.month_part), 0))
               || CASE WHEN c.calculation ? 'levels' THEN jsonb_build_object('levels', (
                      SELECT jsonb_agg(level_explained(l.level) ORDER BY l.nth)
                        FROM jsonb_array_elements(c.calculation -> 'levels') WITH ORDINALITY AS l (level, nth)))
                       ELSE '{}' END
         WHERE c.tenant_id = of_tenant AND c.calculation ? 'month' AND NOT c.calculation ? 'settled_cents';
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
DROP FUNCTION level_explained;
