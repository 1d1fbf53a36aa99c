-- The page lists payouts from the newest and sums them by state; the JSON API goes by their sequence (0024).
CREATE INDEX payouts_of_a_run_by_day ON payouts (tenant_id, run_id, created_at, seq) INCLUDE (state, gross_cents)
    WHERE run_id IS NOT NULL;
