-- The two roles and the database of PartnerDesk. Run once by a superuser, with psql; running it again is harmless
-- and sets the passwords anew:
--
--   PARTNERDESK_OWNER_PASSWORD=… PARTNERDESK_APP_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -d postgres -f ledger/roles.sql
--
-- partnerdesk_owner  owns the database and runs the migrations (PARTNERDESK_OWNER_DATABASE_URL)
-- partnerdesk_app    is API and worker (PARTNERDESK_DATABASE_URL): no superuser, cannot pass row-level security, owns nothing
--
-- Another name for the database: -v database=NAME. psql ≥ 15 is needed for \getenv.

\getenv owner_password PARTNERDESK_OWNER_PASSWORD
\getenv app_password PARTNERDESK_APP_PASSWORD
\if :{?database}
\else
  \set database partnerdesk
\endif
\if :{?owner_password}
\else
  \warn 'PARTNERDESK_OWNER_PASSWORD is not set'
  DO $$ BEGIN RAISE 'no password for partnerdesk_owner'; END $$;
  \quit
\endif
\if :{?app_password}
\else
  \warn 'PARTNERDESK_APP_PASSWORD is not set'
  DO $$ BEGIN RAISE 'no password for partnerdesk_app'; END $$;
  \quit
\endif

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['partnerdesk_owner', 'partnerdesk_app']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Neither may pass row-level security; FORCE makes it hold for the owner of the tables too.
ALTER ROLE partnerdesk_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE partnerdesk_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
  PASSWORD :'app_password';

SELECT format('CREATE DATABASE %I OWNER partnerdesk_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO partnerdesk_app;

\connect :"database"
-- The owner creates here as pg_database_owner; the application only uses what migrations grant.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO partnerdesk_app;
