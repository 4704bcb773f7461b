-- Smaller rows and indexes: 8.0 kB a photo became 6.6 (docs/decisions/0025-tags-packed.md).

-- Ranking reads the tags of some hundred photos at once: five bytes each, number and percent, need
-- no sending one by one. What a person took away has no percent, but this:
CREATE FUNCTION packed(tags int[], sure smallint[], rejected int[]) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(int4send(tag) || substring(int2send(percent) FROM 2), ''), '')
    FROM (SELECT * FROM unnest(tags, sure)
          UNION ALL
          SELECT unnest(rejected), 255::smallint) AS each (tag, percent)
$$;

-- What no two photos share fills an index with keys that no query asks for: it stands beside.
CREATE FUNCTION rare_of(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('name', facts -> 'name', 'say', facts -> 'say',
                                                'p', facts -> 'p', 'c', facts -> 'c'))
$$;

-- A filter in two parts: what the index of facts can narrow, and all of it, where that is more.
CREATE FUNCTION passes(facts jsonb, rare jsonb, filter jsonpath, rest jsonpath) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (filter IS NULL OR facts @@ filter) AND (rest IS NULL OR (facts || rare) @@ rest)
$$;

CREATE FUNCTION tags_of(facts jsonb) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT number::int FROM jsonb_array_elements(facts -> 't') AS number)
$$;

DROP INDEX photo_facts_facts;
ALTER TABLE photo_facts ADD COLUMN rare jsonb NOT NULL DEFAULT '{}',
                        ADD COLUMN seen bytea NOT NULL DEFAULT '';
UPDATE photo_facts
SET seen = packed(tags, sure, ARRAY(SELECT number::int
                                    FROM jsonb_array_elements(facts -> 'no') AS number)),
    rare = rare_of(facts), facts = facts - '{no,name,say,p,c}'::text[];
ALTER TABLE photo_facts DROP COLUMN tags, DROP COLUMN sure;
CREATE INDEX photo_facts_facts ON photo_facts USING gin (facts jsonb_path_ops);

CREATE OR REPLACE FUNCTION show_photos(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_traits(photo_ids);
    WITH gone AS (
        DELETE FROM photo_facts f
        WHERE photo_id = ANY (photo_ids)
          AND NOT EXISTS (SELECT FROM photo p WHERE p.photo_id = f.photo_id
                          AND p.applied_generation > 0
                          AND p.status NOT IN ('receiving', 'deleting', 'deleted'))
        RETURNING owner, tags_of(facts) AS tags
    )
    INSERT INTO tag_use_change (owner, gained, lost) SELECT owner, '{}', tags FROM gone;
    WITH had AS MATERIALIZED (
        SELECT photo_id, tags_of(facts) AS tags FROM photo_facts WHERE photo_id = ANY (photo_ids)
    ), now AS (
        INSERT INTO photo_facts (photo_id, owner, seen, facts, rare, words, composition, colours,
                                 print_bits, print_keys, at, mood)
        SELECT s.photo_id, s.owner,
               packed(s.tags, s.sure, ARRAY(
                   SELECT tag_id::int FROM tag_edit e
                   WHERE e.photo_id = s.photo_id AND verdict = 'rejected')),
               s.facts - '{name,say,p,c}'::text[], rare_of(s.facts),
               s.words, s.composition, s.colours, s.print_bits, s.print_keys,
               coalesce(p.taken_at, p.created_at AT TIME ZONE 'UTC'),
               CASE WHEN s.facts ?& '{v,e}'
                    THEN point((s.facts -> 'v')::float8, (s.facts -> 'e')::float8) END
        FROM photo_seen s
        JOIN photo p USING (photo_id)
        WHERE photo_id = ANY (photo_ids)
        ON CONFLICT (photo_id) DO UPDATE
        SET seen = excluded.seen, facts = excluded.facts, rare = excluded.rare,
            words = excluded.words, composition = excluded.composition, colours = excluded.colours,
            print_bits = excluded.print_bits, print_keys = excluded.print_keys, at = excluded.at,
            mood = excluded.mood
        RETURNING photo_id, owner, tags_of(facts) AS tags
    )
    INSERT INTO tag_use_change (owner, gained, lost)
    SELECT owner, gained, lost
    FROM now LEFT JOIN had USING (photo_id)
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT unnest(now.tags) EXCEPT SELECT unnest(had.tags)) AS gained,
               ARRAY(SELECT unnest(had.tags) EXCEPT SELECT unnest(now.tags)) AS lost
    ) AS moved
    WHERE gained <> '{}' OR lost <> '{}';
    PERFORM find_twins(photo_ids);
END $$;

-- A key that many rows share is kept once, with a list of them; one that tells every row apart never
-- is. A photo's tags are written by whoever holds the photo's row, so that nobody writes one twice.
ALTER TABLE photo_tag DROP CONSTRAINT photo_tag_pkey;
CREATE INDEX photo_tag_photo ON photo_tag (photo_id);
DROP INDEX photo_tag_owned;
CREATE INDEX photo_tag_surest ON photo_tag (owner, tag_id, (round(confidence * 100)::smallint) DESC);

DROP FUNCTION nearest_photos(halfvec, int, text, jsonpath, int, int, int);
CREATE FUNCTION nearest_photos(wanted halfvec, model int, whose text, filter jsonpath, rest jsonpath,
                               most int, ef int, tuples int)
RETURNS TABLE (photo_id uuid, distance float8) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('hnsw.ef_search', ef::text, true),
            set_config('hnsw.iterative_scan', 'relaxed_order', true),
            set_config('hnsw.max_scan_tuples', tuples::text, true);
    RETURN QUERY EXECUTE format(
        'SELECT v.photo_id, (v.embedding::halfvec(%1$s) <=> $1)::float8 AS distance'
        ' FROM photo_vector v %3$s WHERE v.model_id = %2$s AND v.owner = $2 %4$s'
        ' ORDER BY v.embedding::halfvec(%1$s) <=> $1 LIMIT $5',
        vector_dims(wanted), model,
        CASE WHEN filter IS NULL AND rest IS NULL THEN ''
             ELSE 'JOIN photo_facts f USING (photo_id)' END,
        CASE WHEN filter IS NULL AND rest IS NULL THEN ''
             ELSE 'AND passes(f.facts, f.rare, $3, $4)' END)
    USING wanted, whose, filter, rest, most;
END $$;
