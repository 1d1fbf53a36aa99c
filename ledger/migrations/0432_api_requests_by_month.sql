-- The log of the JSON API, cut into months: one that no tenant keeps any longer goes by DROP. The key is each part's own (a
-- key over all parts would have to name the time as well); `seq` is unique over all of them because one sequence gives it,
-- always. None refers to `tenants`: to drop a part that does would lock out everybody who works. No tenant is ever deleted.
CREATE TABLE monthly_tables (
    name     text PRIMARY KEY,
    time     text NOT NULL,  -- the column by which a row belongs to a month
    kept_as  text NOT NULL,  -- as in retention_days
    days     integer NOT NULL CHECK (days > 0)  -- where no tenant keeps them longer
);
GRANT SELECT ON monthly_tables TO partnerdesk_app;
INSERT INTO monthly_tables VALUES ('api_requests', 'at', 'api_requests', 30);
SELECT allow_lookup('retention_days');

LOCK TABLE api_requests IN ACCESS EXCLUSIVE MODE;
SELECT set_config('app.next_request', nextval('api_requests_seq_seq')::text, true);
ALTER TABLE api_requests ALTER seq DROP IDENTITY;
ALTER TABLE api_requests DROP CONSTRAINT api_requests_tenant_id_fkey;
ALTER INDEX api_requests_pkey RENAME TO api_requests_first_pkey;
ALTER INDEX api_requests_by_age RENAME TO api_requests_first_by_age;
ALTER INDEX api_requests_of_a_key RENAME TO api_requests_first_of_a_key;
-- beside: api_requests, it is the name of the whole from the next statement on
ALTER TABLE api_requests RENAME TO api_requests_first;
REVOKE ALL ON api_requests_first FROM partnerdesk_app;

CREATE TABLE api_requests (LIKE api_requests_first INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
ALTER TABLE api_requests DROP CONSTRAINT before_the_months;
ALTER TABLE api_requests ALTER seq ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval('api_requests_seq_seq', current_setting('app.next_request')::bigint);
SELECT protect_tenant_table('api_requests', rights => 'SELECT, INSERT');
CREATE INDEX api_requests_by_age ON api_requests (tenant_id, at);
CREATE INDEX api_requests_of_a_key ON api_requests (tenant_id, key_id, seq DESC);

-- What belongs to no month that is there; each month takes its key from it.
CREATE TABLE api_requests_default PARTITION OF api_requests DEFAULT;
ALTER TABLE api_requests_default ADD PRIMARY KEY (tenant_id, seq);
SELECT protect_partition('api_requests_default');
SELECT allow_lookup('api_requests_default');

DO $$
BEGIN
    EXECUTE format('ALTER TABLE api_requests ATTACH PARTITION api_requests_first FOR VALUES FROM (MINVALUE) TO (%L)',
                   (SELECT substring(pg_get_constraintdef(oid) FROM '''(.+)''') FROM pg_constraint
                     WHERE conname = 'before_the_months' AND conrelid = 'api_requests_first'::regclass));
END $$;
ALTER TABLE api_requests_first DROP CONSTRAINT before_the_months;
SELECT make_months('api_requests');
