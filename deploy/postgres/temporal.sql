-- The engine's own role and databases, apart from the ledger's. Run once by a superuser, as ledger/roles.sql is:
--
--   TEMPORAL_DB_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -d postgres -f deploy/postgres/temporal.sql

\getenv temporal_password TEMPORAL_DB_PASSWORD
\if :{?temporal_password}
\else
  \warn 'TEMPORAL_DB_PASSWORD is not set'
  DO $$ BEGIN RAISE 'no password for temporal'; END $$;
  \quit
\endif

SELECT 'CREATE ROLE temporal' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'temporal')
\gexec
ALTER ROLE temporal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'temporal_password';

SELECT format('CREATE DATABASE %I OWNER temporal', name) FROM unnest(ARRAY['temporal', 'temporal_visibility']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec
REVOKE ALL ON DATABASE temporal, temporal_visibility FROM PUBLIC;
