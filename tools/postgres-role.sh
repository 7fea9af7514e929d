#!/bin/sh
# Runs once, when the container of PostgreSQL makes its data: the portal's own role, which may do no more than it needs.
set -eu
psql --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set=password="$PORTAL_PASSWORD" <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE portal OWNER portal;
SQL
