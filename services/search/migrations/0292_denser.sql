-- As in 0003, with twice as much looked at for each photo that comes, and with two more neighbours,
-- for which there is room on the index's pages: less of a gallery lies where no walk leads
-- (docs/operations/scaling-search.md). An index that is there takes new photos in so from now on, by
-- its old number of neighbours; REINDEX INDEX CONCURRENTLY makes all of it anew.
CREATE OR REPLACE FUNCTION make_vector_indexes(model text, dimensions int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE id int := (SELECT model_id FROM embedding_model WHERE name = model);
BEGIN
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS %I ON photo_vector USING hnsw ((embedding::halfvec(%s))'
        ' halfvec_cosine_ops) WITH (m = 18, ef_construction = 128) WHERE model_id = %s',
        'photo_vector_model_' || id, dimensions, id);
END $$;
DO $$
DECLARE old text;
BEGIN
    FOR old IN SELECT indexname FROM pg_indexes WHERE indexname LIKE 'photo\_vector\_model\_%'
               AND schemaname = current_schema() LOOP
        EXECUTE format('ALTER INDEX %I SET (m = 18, ef_construction = 128)', old);
    END LOOP;
END $$;
