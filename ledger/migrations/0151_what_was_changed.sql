-- Lists are asked for what was changed since an instant (updated_since). PostgreSQL writes the instant, whoever writes the
-- row: trigger note_change, functions/ground.sql. Rows that exist count as changed now, once.
ALTER TABLE partners ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE campaigns ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE customers ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE transactions ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE commissions ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE external_documents ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE payouts ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE payout_runs ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE bank_runs ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE events ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE tasks ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
-- Nearer to the commit than the beginning of the transaction; as the default above it would rewrite each table.
ALTER TABLE partners ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE campaigns ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE customers ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE transactions ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE commissions ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE external_documents ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE payouts ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE payout_runs ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE bank_runs ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE events ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
ALTER TABLE tasks ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
CREATE INDEX partners_changed ON partners (tenant_id, changed_at);
CREATE INDEX campaigns_changed ON campaigns (tenant_id, changed_at);
CREATE INDEX customers_changed ON customers (tenant_id, changed_at);
CREATE INDEX transactions_changed ON transactions (tenant_id, changed_at);
CREATE INDEX commissions_changed ON commissions (tenant_id, changed_at);
CREATE INDEX external_documents_changed ON external_documents (tenant_id, changed_at);
CREATE INDEX payouts_changed ON payouts (tenant_id, changed_at);
CREATE INDEX payout_runs_changed ON payout_runs (tenant_id, changed_at);
CREATE INDEX bank_runs_changed ON bank_runs (tenant_id, changed_at);
CREATE INDEX events_changed ON events (tenant_id, changed_at);
CREATE INDEX tasks_changed ON tasks (tenant_id, changed_at);
