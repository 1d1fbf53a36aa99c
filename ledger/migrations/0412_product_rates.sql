-- What a plan pays for a product or a category in place of a level's own rate, and what a sale consists of.
CREATE TABLE plan_product_rates (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    plan_id     uuid NOT NULL,
    level       smallint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('product', 'category')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    percent     numeric(7,4) NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    fixed_cents bigint NOT NULL DEFAULT 0 CHECK (fixed_cents >= 0),
    PRIMARY KEY (tenant_id, plan_id, level, kind, name),
    FOREIGN KEY (tenant_id, plan_id, level) REFERENCES plan_levels
);
SELECT protect_tenant_table('plan_product_rates', rights => 'SELECT, INSERT');

CREATE TABLE sale_lines (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind      text NOT NULL,
    reference text NOT NULL,
    position  integer NOT NULL CHECK (position > 0),
    products  text[] NOT NULL DEFAULT '{}',
    category  text CHECK (length(category) BETWEEN 1 AND 200),
    units     bigint NOT NULL CHECK (units >= 0),
    PRIMARY KEY (tenant_id, kind, reference, position),
    FOREIGN KEY (tenant_id, kind, reference) REFERENCES sale_references
);
SELECT protect_tenant_table('sale_lines', rights => 'SELECT, INSERT');
