-- What others are told (Standard Webhooks): who wants to hear, the events, which endpoint each is due at, and every try.
CREATE TABLE webhook_endpoints (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    url           text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    description   text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
    types         text[] NOT NULL DEFAULT '{}',  -- none: all
    state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'off', 'ended')),
    state_reason  text CHECK (state_reason IN ('by_hand', 'failing', 'gone', 'removed')),
    failures      integer NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- in a row
    failing_since timestamptz,
    warned_at     timestamptz,
    rests_until   timestamptz,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT what_is_not_active_says_why CHECK ((state = 'active') = (state_reason IS NULL)),
    CONSTRAINT what_fails_has_a_beginning CHECK ((failures = 0) = (failing_since IS NULL))
);
SELECT protect_tenant_table('webhook_endpoints', rights => 'SELECT, INSERT, UPDATE');
SELECT allow_lookup('webhook_endpoints');

CREATE TABLE webhook_endpoint_secrets (
    tenant_id        uuid NOT NULL REFERENCES tenants,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    endpoint_id      uuid NOT NULL,
    secret_encrypted bytea NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz,  -- of one that another has taken the place of
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints
);
SELECT protect_tenant_table('webhook_endpoint_secrets', rights => 'SELECT, INSERT, UPDATE, DELETE');
CREATE INDEX secrets_of_an_endpoint ON webhook_endpoint_secrets (tenant_id, endpoint_id, seq);

CREATE TABLE events_out (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    type       text NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
);
SELECT protect_tenant_table('events_out', rights => 'SELECT, INSERT');
CREATE INDEX events_out_newest ON events_out (tenant_id, seq DESC);
CREATE INDEX events_out_by_age ON events_out (tenant_id, created_at);

-- `seq` is the order in which an endpoint hears of an object: it is given under the lock of the object's row.
CREATE TABLE event_deliveries (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    endpoint_id  uuid NOT NULL,
    event_id     uuid NOT NULL,
    subject      text NOT NULL,
    subject_id   text NOT NULL,
    state        text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'delivered', 'dropped')),
    tries        integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at      timestamptz NOT NULL DEFAULT now(),
    replayed_by  text,  -- of one that a person wanted again
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivered_at timestamptz,
    changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints,
    FOREIGN KEY (tenant_id, event_id) REFERENCES events_out ON DELETE CASCADE,
    CONSTRAINT what_is_delivered_has_its_time CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
);
SELECT protect_tenant_table('event_deliveries', rights => 'SELECT, INSERT, UPDATE');
SELECT allow_lookup('event_deliveries');
CREATE INDEX deliveries_newest ON event_deliveries (tenant_id, endpoint_id, seq DESC);
CREATE INDEX deliveries_due ON event_deliveries (tenant_id, endpoint_id, seq) WHERE state = 'due';
CREATE INDEX deliveries_due_of_an_object ON event_deliveries (tenant_id, endpoint_id, subject, subject_id, seq)
    WHERE state = 'due';
CREATE INDEX deliveries_of_an_event ON event_deliveries (tenant_id, event_id);

CREATE TABLE event_attempts (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    delivery_id  uuid NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    milliseconds integer NOT NULL CHECK (milliseconds >= 0),
    status       integer CHECK (status BETWEEN 100 AND 999),
    failure      text,  -- a code; NULL for one that was taken
    answer       text CHECK (length(answer) <= 1000),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, delivery_id, number),
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES event_deliveries ON DELETE CASCADE
);
SELECT protect_tenant_table('event_attempts', rights => 'SELECT, INSERT');
