-- Personal data: what was erased, what the law keeps and until when, and how long each kind of record is kept.
CREATE TABLE erasures (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    subject     text NOT NULL CHECK (subject IN ('partner', 'customer')),
    subject_id  uuid NOT NULL,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    erased_by   text NOT NULL,
    erased_at   timestamptz NOT NULL DEFAULT now(),
    outcome     jsonb NOT NULL,
    kept_until  date,  -- the last day of what the law keeps; NULL: nothing is left
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK (kept_until IS NOT NULL OR finished_at IS NOT NULL)
);
CREATE INDEX ON erasures (tenant_id, subject, subject_id);
CREATE INDEX ON erasures (tenant_id, kept_until) WHERE finished_at IS NULL;
SELECT protect_tenant_table('erasures', rights => 'SELECT, INSERT, UPDATE');

CREATE TABLE retention_days (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    days       integer NOT NULL CHECK (days BETWEEN 1 AND 36500),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind)
);
SELECT protect_tenant_table('retention_days', rights => 'SELECT, INSERT, UPDATE');

ALTER TABLE partners ADD COLUMN erased_at timestamptz;
ALTER TABLE customers ADD COLUMN erased_at timestamptz;
ALTER TABLE events ADD COLUMN body_erased_at timestamptz;  -- the body went, with the wish of a person or with time

-- Bodies that are still there, the oldest first: what the retention looks through each day.
CREATE INDEX bodies_by_age ON events (tenant_id, received_at) WHERE body_erased_at IS NULL;
