-- Where a limit cuts what is taken back, every negative line may be split, corrections and month lines too (rules.md,
-- Money). The rest names the line that it is of, so that their sum stays what was written; a claw-back's names its
-- commission, as before.
ALTER TABLE commissions ADD COLUMN split_of uuid;
ALTER TABLE commissions ADD FOREIGN KEY (tenant_id, split_of) REFERENCES commissions NOT VALID;
ALTER TABLE commissions ADD CONSTRAINT a_rest_takes_back
    CHECK (split_of IS NULL OR (net_cents < 0 AND kind IN ('correction', 'month_close'))) NOT VALID;
CREATE INDEX rests_of_a_line ON commissions (tenant_id, split_of) WHERE split_of IS NOT NULL;

DROP INDEX one_line_per_settlement;
CREATE UNIQUE INDEX one_line_per_settlement ON commissions (tenant_id, partner_id, campaign_id, month, month_part)
    WHERE kind = 'month_close' AND split_of IS NULL;
