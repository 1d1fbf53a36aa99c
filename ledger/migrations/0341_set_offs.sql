-- What of a payout is not transferred, because it is set off against a claim on the same partner (rules.md, strategy B). Off by
-- default: the agreement must allow it.
ALTER TABLE tenants ADD COLUMN set_off_claims boolean NOT NULL DEFAULT false;
ALTER TABLE payouts ADD COLUMN set_off_cents bigint NOT NULL DEFAULT 0 CHECK (set_off_cents >= 0);

CREATE TABLE set_offs (
    tenant_id    uuid NOT NULL REFERENCES tenants,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    payout_id    uuid NOT NULL,
    claim_id     uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    made_at      timestamptz NOT NULL DEFAULT now(),
    released_at  timestamptz,  -- the payout ended without a document that stands, or somebody does not want it
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims
);
CREATE UNIQUE INDEX one_set_off_of_a_claim_in_a_payout ON set_offs (tenant_id, payout_id, claim_id) WHERE released_at IS NULL;
CREATE INDEX set_offs_of_a_claim ON set_offs (tenant_id, claim_id, seq);
SELECT protect_tenant_table('set_offs');
