-- What the pages of the bank read: statements newest first, the bookings of one, what of it is open, and bookings by state.
CREATE INDEX statements_newest ON bank_statements (tenant_id, seq DESC);
CREATE INDEX entries_of_a_statement ON bank_entries (tenant_id, (COALESCE(booked_by, statement_id)), seq DESC) WHERE concerns_us;
CREATE INDEX entries_open_of_a_statement ON bank_entries (tenant_id, (COALESCE(booked_by, statement_id)))
    WHERE concerns_us AND state IN ('waiting', 'unresolved');
CREATE INDEX entries_by_state ON bank_entries (tenant_id, state, seq DESC) WHERE concerns_us;
