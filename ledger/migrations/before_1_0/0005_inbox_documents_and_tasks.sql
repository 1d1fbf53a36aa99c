-- What arrives (events), what was fetched (documents and their snapshots), what waits for a person (tasks),
-- and who did what (audit).

CREATE TABLE external_documents (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    organization_id uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('invoice', 'credit-note')),
    resource_id     uuid NOT NULL,
    voucher_number  text,
    payout_id       uuid,
    transaction_id  uuid,
    status          text,
    version         integer,
    document_updated_at timestamptz,
    net_cents       bigint, tax_cents bigint, gross_cents bigint,
    open_cents      bigint,
    created_totals  jsonb,              -- {net_cents, tax_cents, gross_cents} as first read back after our POST
    last_snapshot_id uuid,
    last_payments_id uuid,              -- NULL where the newest look did not ask for the payments
    detached_at     timestamptz,
    fetched_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, provider, resource_id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, transaction_id) REFERENCES transactions,
    CHECK (payout_id IS NULL OR kind = 'credit-note'),
    CHECK (transaction_id IS NULL OR kind = 'invoice')
);
CREATE UNIQUE INDEX one_credit_note_per_payout ON external_documents (tenant_id, payout_id)
    WHERE payout_id IS NOT NULL AND detached_at IS NULL;
CREATE UNIQUE INDEX one_invoice_per_sale ON external_documents (tenant_id, transaction_id)
    WHERE transaction_id IS NOT NULL AND detached_at IS NULL;
CREATE INDEX ON external_documents (tenant_id, voucher_number);
SELECT protect_tenant_table('external_documents');

-- What lexoffice said, whole, as evidence: append-only.
CREATE TABLE document_snapshots (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    provider        text NOT NULL DEFAULT 'lexoffice',
    resource        text NOT NULL CHECK (resource IN ('invoice', 'credit-note', 'payments', 'contact', 'profile')),
    resource_id     uuid NOT NULL,
    body            text NOT NULL,      -- byte for byte
    sha256          bytea NOT NULL,
    fetched_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ON document_snapshots (tenant_id, resource_id, resource, fetched_at DESC);
SELECT protect_tenant_table('document_snapshots', rights => 'SELECT, INSERT');

CREATE TABLE events (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              bigint GENERATED ALWAYS AS IDENTITY,
    provider        text NOT NULL CHECK (provider IN ('lexoffice', 'stripe')),
    organization_id text,
    event_type      text NOT NULL CHECK (length(event_type) <= 200),
    resource_id     text NOT NULL CHECK (length(resource_id) <= 300),
    event_date      timestamptz,
    body            bytea NOT NULL,     -- raw, as it arrived
    signed          boolean NOT NULL DEFAULT false,
    payment_reference text CHECK (length(payment_reference) <= 300),
    state           text NOT NULL CHECK (state IN ('received', 'waiting', 'skipped', 'ignored',
                                                   'processed', 'unchanged', 'failed')),
    reason          text,
    changes         jsonb,              -- what handling it changed, for people to read
    snapshot_id     uuid,
    delivery        integer NOT NULL DEFAULT 1,
    received_at     timestamptz NOT NULL DEFAULT now(),
    handed_over_at  timestamptz,
    handled_at      timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- Nulls are distinct: an event without a date (or, in the chapter's dialect, without an organisation) is never a duplicate.
CREATE UNIQUE INDEX the_same_event_once ON events
    (tenant_id, provider, organization_id, event_type, resource_id, event_date);
CREATE INDEX ON events (tenant_id, resource_id);
CREATE INDEX ON events (tenant_id, state, id);
CREATE INDEX events_to_hand_over ON events (received_at) WHERE state = 'received' AND handed_over_at IS NULL;
SELECT protect_tenant_table('events');
SELECT allow_lookup('events');

CREATE TABLE tasks (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    kind            text NOT NULL,
    subject         text NOT NULL,      -- 'payout', 'transaction', 'event', 'document', 'connection'
    subject_id      text NOT NULL,
    reason          text NOT NULL,      -- one German sentence: fixed phrases and numbers
    detail          jsonb NOT NULL DEFAULT '{}',
    links           jsonb NOT NULL DEFAULT '{}',
    actions         text[] NOT NULL CHECK (cardinality(actions) > 0),
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at     timestamptz,
    resolved_by     text,
    resolution      jsonb,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX a_task_is_asked_once ON tasks (tenant_id, kind, subject, subject_id) WHERE state = 'open';
CREATE INDEX ON tasks (tenant_id, state, seq);
SELECT protect_tenant_table('tasks');

CREATE TABLE audit_entries (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor           text NOT NULL,
    action          text NOT NULL,
    subject         text NOT NULL,
    subject_id      text NOT NULL,
    detail          jsonb NOT NULL DEFAULT '{}',
    origin          text,               -- address of the caller, request id
    PRIMARY KEY (tenant_id, seq)
);
SELECT protect_tenant_table('audit_entries', rights => 'SELECT, INSERT');

-- What was committed and not yet announced to the engine, over all tenants: ids only (engine.md, hand-over).
CREATE FUNCTION find_unannounced(older_than interval, at_most integer)
    RETURNS TABLE (kind text, tenant_id uuid, slug text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$
    SELECT u.kind, u.tenant_id, t.slug, u.id FROM (
        (SELECT 'payout' AS kind, p.tenant_id, p.number AS id, p.created_at AS since FROM payouts p
          WHERE (p.workflow_started_at IS NULL AND p.created_at < now() - older_than)
             OR p.recheck_wanted_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'decision', d.tenant_id, d.id::text, d.decided_at FROM decisions d
          WHERE d.delivered_at IS NULL AND d.decided_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'invoice', i.tenant_id, i.id::text, i.created_at FROM creation_intents i
          WHERE i.kind = 'invoice' AND i.announced_at IS NULL AND i.created_at < now() - older_than
          LIMIT at_most)
        UNION ALL
        (SELECT 'event', e.tenant_id, e.id::text, e.received_at FROM events e
          WHERE e.state = 'received' AND e.handed_over_at IS NULL AND e.received_at < now() - older_than
            AND e.provider = 'lexoffice'
          LIMIT at_most)
    ) u JOIN tenants t ON t.id = u.tenant_id
    ORDER BY u.since LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_unannounced FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_unannounced TO partnerdesk_app;
