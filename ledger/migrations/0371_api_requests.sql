-- What was asked of the JSON API, and how it was answered: neither contents nor secrets.
CREATE TABLE api_requests (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    request_id   text NOT NULL CHECK (length(request_id) <= 64),
    at           timestamptz NOT NULL,
    method       text NOT NULL CHECK (length(method) <= 10),
    route        text NOT NULL CHECK (length(route) <= 300),
    path         text NOT NULL CHECK (length(path) <= 500),  -- without what stood after the `?`
    status       integer NOT NULL CHECK (status BETWEEN 0 AND 999),
    key_id       text NOT NULL,
    milliseconds integer NOT NULL CHECK (milliseconds >= 0),
    PRIMARY KEY (tenant_id, seq)
);
SELECT protect_tenant_table('api_requests', rights => 'SELECT, INSERT');
CREATE INDEX api_requests_by_age ON api_requests (tenant_id, at);
CREATE INDEX api_requests_of_a_key ON api_requests (tenant_id, key_id, seq DESC);
