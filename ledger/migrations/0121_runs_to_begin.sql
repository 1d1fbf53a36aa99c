-- A payout run is a row before it is a workflow (rules.md, Approval). started_at: when its workflow read the row; NULL: the
-- hand-over still announces it. The release before writes the row in the workflow, so what names no instant has begun.
ALTER TABLE payout_runs ADD COLUMN started_at timestamptz DEFAULT now();
CREATE INDEX runs_to_begin ON payout_runs (created_at) WHERE started_at IS NULL AND state = 'running';
-- find_unannounced_in_turns looks over all tenants, as the owner.
SELECT allow_lookup('payout_runs');
