-- Reasons that were written as sentences get their code and parameters (0091 added the columns). Apart from 0091, so that
-- no table is locked while its rows are translated: the release before goes on meanwhile. What is none of our sentences
-- keeps its words: as a person's own where people write them, else as `as_it_was_written`.

SET LOCAL lock_timeout = '10s';

CREATE FUNCTION translate_reasons(target regclass, of_tenant uuid, text_column text, code_column text,
                                  params_column text, writer text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'UPDATE %1$s t SET %3$I = COALESCE(%3$I, k.known ->> ''code''), %4$I = k.known -> ''params''
           FROM (SELECT said, COALESCE(code_of_sentence(said), CASE WHEN $2 <> ''people'' THEN
                            jsonb_build_object(''code'', ''as_it_was_written'', ''params'', jsonb_build_object(''text'', said))
                        END) AS known
                   FROM (SELECT DISTINCT %2$I AS said FROM %1$s
                          WHERE tenant_id = $1 AND %2$I IS NOT NULL AND %4$I IS NULL) d) k
          WHERE t.tenant_id = $1 AND t.%2$I = k.said AND t.%4$I IS NULL AND k.known IS NOT NULL',
        target, text_column, code_column, params_column)
      USING of_tenant, writer;
END $$;

-- [before, after] of a sale's reason, and by how much the invoice moved its commissions.
CREATE FUNCTION translate_changes(changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    said text;
    taken text[];
BEGIN
    IF jsonb_typeof(changes -> 'state_reason') = 'array' THEN
        changes := changes || jsonb_build_object('state_reason', (
            SELECT jsonb_agg(COALESCE(code_of_sentence(one.value #>> '{}'), one.value) ORDER BY one.nth)
              FROM jsonb_array_elements(changes -> 'state_reason') WITH ORDINALITY AS one (value, nth)));
    END IF;
    IF jsonb_typeof(changes -> 'difference') = 'string' THEN
        said := changes ->> 'difference';
        taken := regexp_match(said, '^Vorläufig (-?[0-9.]+,[0-9]{2}).€, nach der Rechnung (-?[0-9.]+,[0-9]{2}).€ Provision\.$');
        IF taken IS NOT NULL THEN
            changes := changes || jsonb_build_object('difference', jsonb_build_object('code', 'commission_differs', 'params',
                jsonb_build_object('was', translate(taken[1], '.,', '')::bigint, 'now', translate(taken[2], '.,', '')::bigint)));
        END IF;
    END IF;
    RETURN changes;
END $$;

DO $$
DECLARE
    of_tenant uuid;
BEGIN
    FOR of_tenant IN SELECT id FROM list_tenants() LOOP
        PERFORM set_config('app.tenant', of_tenant::text, true),
                translate_reasons('tasks', of_tenant, 'reason', 'reason_code', 'reason_params', 'ours'),
                translate_reasons('transactions', of_tenant, 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
                translate_reasons('payouts', of_tenant, 'state_reason', 'state_reason_code', 'state_reason_params', 'people'),
                translate_reasons('provider_connections', of_tenant, 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
                translate_reasons('bank_runs', of_tenant, 'state_reason', 'state_reason_code', 'state_reason_params', 'ours'),
                translate_reasons('tenant_bank_accounts', of_tenant, 'ended_reason', 'ended_code', 'ended_params', 'people'),
                translate_reasons('payout_run_rows', of_tenant, 'sentence', 'code', 'params', 'coded'),
                translate_reasons('sweep_states', of_tenant, 'subscriptions_reason', 'subscriptions_code', 'subscriptions_params', 'ours'),
                translate_reasons('papers_wanted', of_tenant, 'failed_reason', 'failed_code', 'failed_params', 'ours'),
                translate_reasons('events', of_tenant, 'reason', 'reason_code', 'reason_params', 'ours');
        UPDATE events SET changes = translate_changes(changes)
         WHERE tenant_id = of_tenant AND changes ?| ARRAY['state_reason', 'difference'];
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
DROP FUNCTION translate_reasons;
DROP FUNCTION translate_changes;
