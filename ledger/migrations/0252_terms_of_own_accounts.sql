-- What the tenant's bank offers for an account: until when it takes files on a bank day, and whether it takes instant transfers; and
-- whether a run asks for those.
ALTER TABLE tenant_bank_accounts ADD COLUMN cut_off time;
ALTER TABLE tenant_bank_accounts ADD COLUMN takes_instant boolean NOT NULL DEFAULT false;
ALTER TABLE bank_runs ADD COLUMN instant boolean NOT NULL DEFAULT false;
