-- Galleries apart: what answers people sees the rows of one owner, whatever a query forgets to say.

-- The role that answers people. It is taken within a transaction, never logged in with; whoever
-- migrates must be able to take it, and makes it if nobody has.
DO $$
BEGIN
    BEGIN
        SET LOCAL ROLE imgcap_gallery;
        RESET ROLE;
    EXCEPTION WHEN invalid_parameter_value OR undefined_object OR insufficient_privilege THEN
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'imgcap_gallery') THEN
                CREATE ROLE imgcap_gallery NOLOGIN;
            END IF;
            EXECUTE format('GRANT imgcap_gallery TO %I', current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the role % may not make the role imgcap_gallery', current_user
                USING HINT = format('as a superuser: CREATE ROLE imgcap_gallery NOLOGIN;'
                                    ' GRANT imgcap_gallery TO %I;', current_user);
        END;
    END;
END $$;

DO $$
DECLARE
    here text := current_schema();
    of_what text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO imgcap_gallery', here);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I'
                   ' TO imgcap_gallery', here);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO imgcap_gallery', here);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE'
                   ' ON TABLES TO imgcap_gallery', here);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT'
                   ' ON SEQUENCES TO imgcap_gallery', here);
    EXECUTE format('REVOKE ALL ON %I.migration FROM imgcap_gallery', here);
    FOREACH of_what IN ARRAY ARRAY['photo', 'photo_tag', 'photo_vector', 'photo_facts', 'photo_twin',
                                   'tag_use', 'tag_use_change', 'saved_search', 'spend'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', of_what);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', of_what);
        -- Results, the sweeper and migrations look after all galleries.
        EXECUTE format('CREATE POLICY all_galleries ON %I TO CURRENT_USER USING (true)', of_what);
        -- A subquery, so that it is read once for a query and not for every row.
        EXECUTE format('CREATE POLICY own_gallery ON %I TO imgcap_gallery'
                       ' USING (owner = (SELECT current_setting(''imgcap.owner'', true)))', of_what);
    END LOOP;
    -- These know their owner by their photo.
    FOREACH of_what IN ARRAY ARRAY['tag_edit', 'doomed_blobs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', of_what);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', of_what);
        EXECUTE format('CREATE POLICY all_galleries ON %I TO CURRENT_USER USING (true)', of_what);
        EXECUTE format('CREATE POLICY own_gallery ON %1$I TO imgcap_gallery USING'
                       ' (EXISTS (SELECT FROM photo p WHERE p.photo_id = %1$I.photo_id))', of_what);
    END LOOP;
    -- A view looks with its maker's eyes unless it is told to use those of whoever asks.
    FOR of_what IN SELECT viewname FROM pg_views WHERE schemaname = here LOOP
        EXECUTE format('ALTER VIEW %I SET (security_invoker = true)', of_what);
    END LOOP;
    -- Row security lets an index answer only what is known to leak nothing by its errors. These do
    -- not; only a superuser may say so. Without it filters are still right, and slower.
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        FOREACH of_what IN ARRAY ARRAY[
            'jsonb_path_match_opr(jsonb, jsonpath)', 'jsonb_path_exists_opr(jsonb, jsonpath)',
            'ts_match_vq(tsvector, tsquery)', 'ts_match_qv(tsquery, tsvector)',
            'arrayoverlap(anyarray, anyarray)', 'arraycontains(anyarray, anyarray)'] LOOP
            EXECUTE format('ALTER FUNCTION pg_catalog.%s LEAKPROOF', of_what);
        END LOOP;
    END IF;
END $$;
