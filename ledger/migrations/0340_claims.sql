-- What a correcting document takes up: a partner's open lines of one tax case (rules.md, strategy B). Until it is withdrawn
-- no payout nets them.
CREATE TABLE correction_lines (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    reversal_id   uuid NOT NULL,
    position      integer NOT NULL CHECK (position > 0),
    commission_id uuid NOT NULL,
    net_cents     bigint NOT NULL CHECK (net_cents <> 0),
    released_at   timestamptz,
    PRIMARY KEY (tenant_id, reversal_id, position),
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals,
    FOREIGN KEY (tenant_id, commission_id) REFERENCES commissions
);
CREATE UNIQUE INDEX one_correction_of_a_commission ON correction_lines (tenant_id, commission_id) WHERE released_at IS NULL;
SELECT protect_tenant_table('correction_lines');

-- What a partner owes us beside its commissions: a correcting document, or what the bank transferred too much.
CREATE TABLE claims (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    partner_id    uuid NOT NULL,
    cause         text NOT NULL CHECK (cause IN ('correction', 'overpaid')),
    reversal_id   uuid,  -- the decision whose document it is
    payout_id     uuid,  -- of which too much was transferred
    amount_cents  bigint NOT NULL CHECK (amount_cents > 0),  -- gross
    settled_cents bigint NOT NULL DEFAULT 0,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'netted', 'written_off', 'void')),
    made_at       timestamptz NOT NULL DEFAULT now(),
    voided_at     timestamptz,  -- the bank took the surplus back
    ended_at      timestamptz,
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    FOREIGN KEY (tenant_id, reversal_id) REFERENCES own_reversals,
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    UNIQUE (tenant_id, reversal_id),
    UNIQUE (tenant_id, payout_id),
    CHECK ((cause = 'correction') = (reversal_id IS NOT NULL) AND (cause = 'overpaid') = (payout_id IS NOT NULL)),
    CONSTRAINT no_more_is_settled_than_is_owed CHECK (settled_cents BETWEEN 0 AND amount_cents),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'void') = (voided_at IS NOT NULL)),
    CHECK (state NOT IN ('settled', 'netted', 'written_off') OR settled_cents = amount_cents)
);
CREATE INDEX claims_of_a_partner ON claims (tenant_id, partner_id, seq);
CREATE INDEX claims_open ON claims (tenant_id, seq) WHERE state = 'open';
CREATE INDEX claims_changed ON claims (tenant_id, changed_at);
SELECT protect_tenant_table('claims');

-- What has come of a claim, part by part.
CREATE TABLE claim_parts (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    claim_id     uuid NOT NULL,
    how          text NOT NULL CHECK (how IN ('bank', 'hand', 'written_off')),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    day          date NOT NULL,
    reference    text CHECK (length(reference) BETWEEN 1 AND 140),
    entry_id     uuid,  -- the booking that a person assigned
    reason       text CHECK (length(reason) BETWEEN 1 AND 500),
    noted_by     text NOT NULL,
    noted_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    FOREIGN KEY (tenant_id, entry_id) REFERENCES bank_entries,
    UNIQUE (tenant_id, entry_id, claim_id),
    CHECK ((how = 'bank') = (entry_id IS NOT NULL)),
    CHECK (how <> 'hand' OR reference IS NOT NULL),
    CHECK (how <> 'written_off' OR reason IS NOT NULL)
);
CREATE INDEX parts_of_a_claim ON claim_parts (tenant_id, claim_id, seq);
SELECT protect_tenant_table('claim_parts', rights => 'SELECT, INSERT');

-- That a claim is not pursued any more; above the limit a second person confirms it.
CREATE TABLE claim_write_offs (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    claim_id      uuid NOT NULL,
    amount_cents  bigint NOT NULL CHECK (amount_cents > 0),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    requested_by  text NOT NULL,
    requested_at  timestamptz NOT NULL DEFAULT now(),
    decided_by    text,
    decided_at    timestamptz,
    confirmed     boolean,
    decided_alone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (confirmed IS NULL))
);
CREATE UNIQUE INDEX one_open_write_off_of_a_claim ON claim_write_offs (tenant_id, claim_id) WHERE decided_at IS NULL;
CREATE INDEX write_offs_of_a_claim ON claim_write_offs (tenant_id, claim_id, requested_at);
SELECT protect_tenant_table('claim_write_offs');
