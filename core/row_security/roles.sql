-- Run by a superuser in the portal's own database, and as often as one likes: what there is stays.
DO $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('portal roles'));
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_pages') THEN
        CREATE ROLE portal_pages NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_read') THEN
        CREATE ROLE portal_read NOLOGIN NOSUPERUSER NOBYPASSRLS;
        ALTER ROLE portal_read SET default_transaction_read_only = on;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
        CREATE ROLE portal_app NOLOGIN NOSUPERUSER BYPASSRLS;
    END IF;
    IF NOT pg_has_role('portal_app', 'portal_pages', 'MEMBER') THEN
        GRANT portal_pages TO portal_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal') AND NOT pg_has_role('portal', 'portal_pages', 'MEMBER') THEN
        GRANT portal_pages TO portal;
    END IF;
END
$$;

-- Under a policy PostgreSQL reads an index only with functions that are marked so: others might tell of hidden rows in an
-- error. These tell nothing. Without the marks searches are right, and slow.
ALTER FUNCTION upper(text) LEAKPROOF;
ALTER FUNCTION reverse(text) LEAKPROOF;
ALTER FUNCTION textlike(text, text) LEAKPROOF;
ALTER FUNCTION textcat(text, text) LEAKPROOF;
ALTER FUNCTION translate(text, text, text) LEAKPROOF;
ALTER FUNCTION to_tsvector(regconfig, text) LEAKPROOF;
ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF;
