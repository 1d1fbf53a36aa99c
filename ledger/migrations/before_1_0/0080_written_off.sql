-- What of an invoice is off the base and was never paid, gross: written off, or a discount that lowers the base. Refunds
-- are a share of what was paid. Sales that are known already get it when their invoice is fetched again.
ALTER TABLE transactions ADD COLUMN written_off_cents bigint NOT NULL DEFAULT 0 CHECK (written_off_cents >= 0);
