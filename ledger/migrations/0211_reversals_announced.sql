-- As with payouts: a wish that came while another one was told stands (engine.md, hand-over).
ALTER TABLE own_reversals DROP COLUMN announced_at;
ALTER TABLE own_reversals ADD COLUMN announcement_wanted_at timestamptz;
CREATE INDEX own_reversals_to_announce ON own_reversals (announcement_wanted_at) WHERE announcement_wanted_at IS NOT NULL;
ALTER TABLE own_reversals ADD COLUMN seen_delivery bigint NOT NULL DEFAULT 0;  -- seq of the newest that its workflow knows
SELECT allow_lookup('own_document_deliveries');
