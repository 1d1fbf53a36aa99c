-- Statistics of what a payout run fills, by the hundred thousand rows. The planner knows nothing of a table that was empty
-- when autovacuum looked, and every index begins with the tenant: all look alike, and whichever it takes may read all of
-- the tenant's rows for each line. Called between transactions; it looks at a table that has grown to twice its size.
CREATE FUNCTION keep_statistics_of_payouts() RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    filled regclass;
BEGIN
    FOR filled IN
        SELECT oid FROM pg_class
         WHERE oid IN ('payouts'::regclass, 'payout_lines'::regclass, 'payout_run_rows'::regclass,
                       'state_changes'::regclass, 'audit_entries'::regclass, 'audit_chain'::regclass)
           AND pg_relation_size(oid) > 2 * relpages::bigint * current_setting('block_size')::bigint
    LOOP
        -- Who looks already will be done soon.
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', filled);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION keep_statistics_of_payouts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_statistics_of_payouts TO partnerdesk_app;

-- Without statistics this led to an index of the whole tenant.
ALTER FUNCTION lines_add_up() RESET enable_seqscan;
