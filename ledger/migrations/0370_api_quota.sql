-- How many requests each API key has made in the minute at hand, over all processes: one row a key.
CREATE TABLE api_key_minutes (
    key_id   text PRIMARY KEY,
    minute   bigint NOT NULL,  -- since 1970
    requests integer NOT NULL CHECK (requests >= 0)
);
ALTER TABLE api_key_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_minutes FORCE ROW LEVEL SECURITY;
CREATE POLICY functions ON api_key_minutes TO CURRENT_USER USING (true) WITH CHECK (true);
