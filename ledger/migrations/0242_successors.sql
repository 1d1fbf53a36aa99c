-- A new legal person is a new partner, which names the one that it follows (rules.md, strategy B).
ALTER TABLE partners ADD COLUMN predecessor_id uuid,
    ADD CONSTRAINT nobody_follows_itself CHECK (predecessor_id <> id),
    ADD FOREIGN KEY (tenant_id, predecessor_id) REFERENCES partners;
CREATE UNIQUE INDEX a_partner_has_one_successor ON partners (tenant_id, predecessor_id);
