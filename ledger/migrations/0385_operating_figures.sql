-- Figures for operators over all tenants (functions/reports.sql): what is read as the owner has to be open to it.
CREATE POLICY lookup ON tasks FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY lookup ON bank_runs FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY lookup ON api_budgets FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY lookup ON state_changes FOR SELECT TO CURRENT_USER USING (true);

-- Payment runs whose file waits for somebody are few among all that there ever were.
CREATE INDEX bank_runs_waiting ON bank_runs (state) WHERE state IN ('approved', 'exported');
