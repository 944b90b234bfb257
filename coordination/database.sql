-- Roles and rights of the database, by psql as a role that may create roles and databases; running it again changes nothing.
-- Variables: database, owner_password, app_password.
--   tansiq_owner    owns the database and schema public; used by `migrate` alone
--   tansiq_app      web, worker, scheduler, tests; neither owner nor superuser, so row policies and constraints hold for it
--   tansiq_figures  nobody signs in as it; owns schema figures; consolidation assumes it with SET ROLE
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT 'CREATE ROLE tansiq_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tansiq_owner') \gexec
SELECT 'CREATE ROLE tansiq_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tansiq_app') \gexec
SELECT 'CREATE ROLE tansiq_figures' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tansiq_figures') \gexec
ALTER ROLE tansiq_owner LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE tansiq_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE tansiq_figures NOLOGIN NOCREATEDB NOCREATEROLE;
-- Only a superuser may take these away; a role that another one made never had them.
SELECT format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS', rolname)
FROM pg_roles WHERE rolname LIKE 'tansiq\_%' AND (rolsuper OR rolbypassrls) \gexec
ALTER ROLE tansiq_owner SET search_path = public, figures;
ALTER ROLE tansiq_app SET search_path = public, figures;
GRANT tansiq_figures TO tansiq_app WITH INHERIT FALSE, SET TRUE;
GRANT tansiq_figures TO tansiq_owner WITH INHERIT TRUE, SET TRUE;
-- A maker of roles that is no superuser must be a member to hand things over to them.
SELECT format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE, SET TRUE', role)
FROM unnest(ARRAY['tansiq_owner', 'tansiq_figures']) AS role
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \gexec

SELECT format('CREATE DATABASE %I OWNER tansiq_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
\connect :database
SET client_min_messages = warning;
ALTER DATABASE :"database" OWNER TO tansiq_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO tansiq_app;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER SCHEMA public OWNER TO tansiq_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tansiq_app, tansiq_figures;
CREATE SCHEMA IF NOT EXISTS figures AUTHORIZATION tansiq_figures;
GRANT USAGE ON SCHEMA figures TO tansiq_app;

ALTER DEFAULT PRIVILEGES FOR ROLE tansiq_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tansiq_app;
ALTER DEFAULT PRIVILEGES FOR ROLE tansiq_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO tansiq_app;
-- What consolidation makes anew at every swap is read by the application, never written by it.
ALTER DEFAULT PRIVILEGES FOR ROLE tansiq_figures IN SCHEMA figures GRANT SELECT ON TABLES TO tansiq_app;
