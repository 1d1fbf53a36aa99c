-- A coupon that a partner hands on: a sale that was made with it is the partner's, unless the sale names somebody itself.
CREATE TABLE coupons (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    code        text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    partner_id  uuid NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    ended_by    text,
    ended_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX a_coupon_is_one_partner_s ON coupons (tenant_id, code) WHERE ended_at IS NULL;
CREATE INDEX coupons_of_a_partner ON coupons (tenant_id, partner_id, recorded_at);
CREATE INDEX coupons_by_code ON coupons (tenant_id, code, recorded_at);
SELECT protect_tenant_table('coupons', rights => 'SELECT, INSERT, UPDATE');
