-- A migration that takes away what code of a release before uses says which version code must know (ledger/migrations/needed.py):
-- a process that is two releases behind says so, instead of failing at whatever it does first.
ALTER TABLE schema_history ADD COLUMN needs text CHECK (needs ~ '^[0-9]{4}$');
