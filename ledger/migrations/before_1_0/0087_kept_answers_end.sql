-- Answers kept for an Idempotency-Key end after seven days (ledger/idempotency.py): they hold what a caller was told.

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE POLICY functions ON idempotency_keys TO CURRENT_USER USING (true) WITH CHECK (true);

-- Over all tenants, so many at once; returns how many went.
CREATE FUNCTION forget_old_answers(at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM idempotency_keys
         WHERE created_at < now() - interval '7 days'
           AND ctid = ANY (ARRAY(SELECT k.ctid FROM idempotency_keys k
                                  WHERE k.created_at < now() - interval '7 days' ORDER BY k.created_at LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_old_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_old_answers TO partnerdesk_app;
