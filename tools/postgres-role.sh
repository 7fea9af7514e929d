#!/bin/sh
# The portal's roles and its database. Runs when the container of PostgreSQL makes its data; may be run again at any time,
# and has to be after an update that brings a role, and after a restore (docs/running.md).
set -eu
run() {
	psql --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"
}
run --dbname postgres --set=owner="$OWNER_PASSWORD" <<'SQL'
SELECT 'CREATE ROLE portal NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal') \gexec
ALTER ROLE portal LOGIN PASSWORD :'owner';
SELECT 'CREATE DATABASE portal OWNER portal' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec
SQL
run --dbname portal --file "${ROLES_SQL:-/roles.sql}"
run --dbname portal --set=app="$APP_PASSWORD" <<'SQL'
ALTER ROLE portal_app LOGIN PASSWORD :'app';
SQL
