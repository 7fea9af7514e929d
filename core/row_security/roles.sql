-- Run by a superuser in the portal's own database, and as often as one likes: what there is stays.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT * FROM (VALUES
        ('portal_pages', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
        ('portal_read', 'NOLOGIN NOSUPERUSER NOBYPASSRLS'),
        ('portal_app', 'NOLOGIN NOSUPERUSER BYPASSRLS')
    ) AS wanted (name, may) WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
    LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I %s', made.name, made.may);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server makes them right now
        END;
    END LOOP;
    FOR made IN SELECT rolname AS name FROM pg_roles
        WHERE rolname IN ('portal', 'portal_app') AND NOT pg_has_role(rolname, 'portal_pages', 'MEMBER')
    LOOP
        EXECUTE format('GRANT portal_pages TO %I', made.name);
    END LOOP;
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
