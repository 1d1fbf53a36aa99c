-- A document of § 13b UStG covers one calendar month, so a run may make several of one tax case for a partner.
ALTER TABLE payout_run_rows ADD COLUMN month date;
DROP INDEX one_payout_per_run_partner_and_tax_case;
CREATE UNIQUE INDEX one_payout_per_run_partner_and_tax_case ON payout_run_rows (tenant_id, run_id, partner_id, tax_case, month)
    NULLS NOT DISTINCT WHERE reason IS NULL;
