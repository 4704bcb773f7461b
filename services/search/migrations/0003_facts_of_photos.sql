-- How a photo's row in photo_facts is made, and when.

-- Words as a search finds them: no accents, nothing but letters and digits.
CREATE FUNCTION plain_words(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(normalize(lower(text), NFKD), '[\u0300-\u036f]', '', 'g'),
                          '[^[:alnum:]]+|(?<=[[:alpha:]])(?=[[:digit:]])', ' ', 'g')
$$;

-- The share of the pixels near each named colour, and the same as a vector of unit length.
CREATE FUNCTION colours_of(palette jsonb)
RETURNS TABLE (number int, name text, amount real, weight float8) LANGUAGE sql STABLE AS $$
    SELECT c.number, c.name,
           coalesce(sum(s.amount) FILTER (WHERE s.place = 1 OR s.distance < 12), 0)::real,
           sqrt(sum(s.amount * s.near / s.all_near))
    FROM (
        SELECT colour.number, (swatch ->> 'amount')::float8 AS amount, d.distance,
               exp(-(d.distance / 18) ^ 2) + 1e-12 AS near,
               sum(exp(-(d.distance / 18) ^ 2) + 1e-12) OVER (PARTITION BY n) AS all_near,
               row_number() OVER (PARTITION BY n ORDER BY d.distance) AS place
        FROM jsonb_array_elements(palette) WITH ORDINALITY AS p (swatch, n)
        CROSS JOIN colour
        CROSS JOIN LATERAL (
            SELECT sqrt((.7 * (l - (swatch -> 'lab' ->> 0)::float8)) ^ 2
                        + (a - (swatch -> 'lab' ->> 1)::float8) ^ 2
                        + (b - (swatch -> 'lab' ->> 2)::float8) ^ 2) AS distance
        ) AS d
    ) AS s
    JOIN colour c USING (number)
    GROUP BY c.number, c.name
$$;

-- Geometry as 24 numbers: six techniques, the subject on a soft 3 x 3 grid and its size, the
-- horizon, the axis, the vanishing point, the shape of the frame.
CREATE FUNCTION composition_of(techniques jsonb, evidence jsonb, ratio float8)
RETURNS halfvec LANGUAGE sql IMMUTABLE AS $$
    SELECT ((SELECT array_agg(coalesce((techniques ->> name)::real, 0) ORDER BY n)
             FROM unnest(ARRAY['rule of thirds', 'centered', 'pattern', 'leading lines', 'symmetry',
                               'framing']) WITH ORDINALITY AS t (name, n))
        || (SELECT array_agg(coalesce(exp(-(((gx - x) ^ 2 + (gy - y) ^ 2) / .05))::real, 0)
                             ORDER BY gy, gx)
            FROM unnest(ARRAY[1/6.0, .5, 5/6.0]::float8[]) AS gx,
                 unnest(ARRAY[1/6.0, .5, 5/6.0]::float8[]) AS gy)
        || ARRAY[coalesce(sqrt(greatest((evidence #>> '{subject,box,2}')::float8
                                        * (evidence #>> '{subject,box,3}')::float8, 0)), 0),
                 greatest(least(ln(ratio), 1), -1) * .7]::real[]
        || (SELECT array_agg(coalesce(exp(-((h - (evidence ->> 'horizon')::float8) ^ 2 / .03)), 0)
                             ORDER BY h)::real[]
            FROM unnest(ARRAY[1/3.0, .5, 2/3.0]::float8[]) AS h)
        || ARRAY[coalesce(cos(2 * angle) * .7, 0), coalesce(sin(2 * angle) * .7, 0),
                 coalesce((evidence #>> '{vanishing_point,0}')::float8 - .5, 0),
                 coalesce((evidence #>> '{vanishing_point,1}')::float8 - .5, 0)]::real[])::halfvec
    FROM (SELECT (evidence #>> '{subject,point,0}')::float8 AS x,
                 (evidence #>> '{subject,point,1}')::float8 AS y,
                 atan2((evidence #>> '{axis,to,1}')::float8 - (evidence #>> '{axis,from,1}')::float8,
                       (evidence #>> '{axis,to,0}')::float8 - (evidence #>> '{axis,from,0}')::float8)
                     AS angle) AS seen
$$;

-- A perceptual hash from the thumbhash: the 16 lowest frequencies of lightness, 4 levels each.
CREATE FUNCTION print_of(thumbhash text) RETURNS bit(48) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE bytes bytea; bits text := ''; level int; n int;
BEGIN
    bytes := decode(thumbhash, 'base64');
    FOR n IN 0..15 LOOP
        level := CASE WHEN length(bytes) > 5 + n / 2
                      THEN (get_byte(bytes, 5 + n / 2) >> (4 * (n % 2))) & 15 ELSE 8 END;
        bits := bits || (level > 4)::int || (level > 7)::int || (level > 11)::int;
    END LOOP;
    RETURN bits::bit(48);
EXCEPTION WHEN OTHERS THEN RETURN NULL;  -- not base64: a photo without a print
END $$;

-- The shape of the frame is part of each key: a crop is another photo.
CREATE FUNCTION print_keys_of(bits bit(48), ratio float8) RETURNS int[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg((n << 24) + ((round(ln(ratio) * 12)::int & 255) << 16)
                              + substring(bits FROM n * 16 + 1 FOR 16)::int), '{}')
    FROM generate_series(0, 2) AS n
    WHERE bits IS NOT NULL
$$;

CREATE FUNCTION orientation_of(ratio float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ratio >= 2 OR ratio <= .5 THEN 'panorama' WHEN ratio > 1.05 THEN 'landscape'
                WHEN ratio < .95 THEN 'portrait' ELSE 'square' END
$$;

CREATE FUNCTION camera_of(exif jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN position(lower(exif ->> 'camera_make') IN lower(exif ->> 'camera_model')) > 0
                THEN lower(exif ->> 'camera_model')
                ELSE nullif(lower(concat_ws(' ', exif ->> 'camera_make', exif ->> 'camera_model')), '')
           END
$$;

-- Years, cameras and lenses that these photos are the first to have.
CREATE FUNCTION add_traits(photo_ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO trait (kind, text)
    SELECT DISTINCT kind, value
    FROM photo
    CROSS JOIN LATERAL (VALUES ('year', to_char(taken_at, 'YYYY')), ('camera', camera_of(exif)),
                               ('lens', lower(exif ->> 'lens'))) AS t (kind, value)
    WHERE photo_id = ANY (photo_ids) AND value IS NOT NULL
      AND NOT EXISTS (SELECT FROM trait WHERE trait.kind = t.kind AND trait.text = t.value)
    ORDER BY kind, value
    ON CONFLICT DO NOTHING
$$;

CREATE VIEW photo_seen AS
SELECT p.photo_id, p.owner, ratio,
       seen.ids || extra.ids AS tags,
       seen.sure || extra.sure AS sure,
       jsonb_strip_nulls(jsonb_build_object(
           't', to_jsonb(seen.ids || extra.ids), 'c', seen.by_id,
           'd', to_char(p.taken_at, 'YYYYMMDD')::int, 'y', to_char(p.taken_at, 'YYYY')::int,
           'm', to_char(p.taken_at, 'MM')::int, 'ym', to_char(p.taken_at, 'YYYYMM')::int,
           'hour', to_char(p.taken_at, 'HH24')::int, 'u', to_char(p.created_at, 'YYYYMMDD')::int,
           'w', p.width, 'h', p.height, 'r', round(ratio::numeric, 3),
           'mp', round((p.width::numeric * p.height) / 1e6, 1), 'kb', p.bytes / 1024,
           'cam', camera_of(p.exif), 'lens', lower(p.exif ->> 'lens'), 'iso', p.exif -> 'iso',
           'f', p.exif -> 'f_number', 's', p.exif -> 'exposure_seconds',
           'mm', p.exif -> 'focal_length_mm', 'lat', p.exif -> 'latitude',
           'lon', p.exif -> 'longitude', 'name', lower(p.filename), 'say', nullif(lower(p.caption), ''),
           'by', seen.models, 'status', p.status, 'o', orientation_of(ratio), 'k', palette.amounts,
           'p', palette.swatches, 'v', round(mood.valence::numeric, 2),
           'e', round(mood.energy::numeric, 2), 'sx', seen.evidence #> '{subject,point,0}',
           'sy', seen.evidence #> '{subject,point,1}', 'edited', nullif(seen.edited, false)
       )) AS facts,
       to_tsvector('english', plain_words(regexp_replace(p.filename, '\.[^.]{1,5}$', '') || ' '
                                          || p.caption)) AS words,
       CASE WHEN seen.techniques <> '{}' OR seen.evidence ? 'subject'
            THEN composition_of(seen.techniques, seen.evidence, ratio) END AS composition,
       palette.vector AS colours,
       coalesce(print_of(p.thumbhash), 0::bit(48)) AS print_bits,
       print_keys_of(print_of(p.thumbhash), ratio) AS print_keys
FROM photo p
CROSS JOIN LATERAL (SELECT p.width::float8 / p.height AS ratio) AS frame
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(tag_id::int ORDER BY tag_id), '{}') AS ids,
           coalesce(array_agg(round(confidence * 100)::smallint ORDER BY tag_id), '{}') AS sure,
           -- One string, for an index would keep every pair of tag and percent.
           ' ' || string_agg(tag_id || '=' || round(confidence * 100), ' ') || ' ' AS by_id,
           coalesce(jsonb_object_agg(t.text, confidence) FILTER (WHERE kind = 'composition'), '{}')
               AS techniques,
           jsonb_agg(DISTINCT lower(coalesce(nullif(model, ''), source))) AS models,
           coalesce(bool_or(source = 'user'), false) AS edited,
           coalesce((SELECT jsonb_object_agg(key, value)
                     FROM photo_tag e, jsonb_each(e.evidence)
                     WHERE e.photo_id = p.photo_id AND jsonb_typeof(e.evidence) = 'object'
                       AND key IN ('subject', 'axis', 'vanishing_point', 'horizon')), '{}')
               AS evidence
    FROM photo_tag pt JOIN tag t USING (tag_id)
    WHERE pt.photo_id = p.photo_id
) AS seen
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(name, round(amount * 100)::int) FILTER (WHERE amount >= .03) AS amounts,
           array_agg(weight ORDER BY number)::halfvec AS vector,
           (SELECT jsonb_agg(jsonb_build_array(
                        round((s #>> '{lab,0}')::numeric), round((s #>> '{lab,1}')::numeric),
                        round((s #>> '{lab,2}')::numeric),
                        round((s ->> 'amount')::numeric * 100)))
            FROM jsonb_array_elements(p.palette) AS s) AS swatches
    FROM colours_of(p.palette)
) AS palette
CROSS JOIN LATERAL (
    SELECT sum(confidence * coalesce((evidence ->> 'valence')::float8, m.valence))
               / nullif(sum(confidence), 0) AS valence,
           sum(confidence * coalesce((evidence ->> 'energy')::float8, m.energy))
               / nullif(sum(confidence), 0) AS energy
    FROM photo_tag pt JOIN tag t USING (tag_id) LEFT JOIN mood_place m USING (text)
    WHERE pt.photo_id = p.photo_id AND t.kind = 'mood'
      AND coalesce((evidence ->> 'valence')::float8, m.valence) IS NOT NULL
) AS mood
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(trait_id), '{}') AS ids, coalesce(array_agg(sure), '{}') AS sure
    FROM (
        SELECT trait_id, least(100, round(115 * sqrt(amount)))::smallint AS sure
        FROM colours_of(p.palette) JOIN trait ON kind = 'colour' AND text = name
        WHERE amount >= .03
        UNION ALL
        SELECT trait_id, 100::smallint
        FROM trait
        WHERE (kind, text) IN (('orientation', orientation_of(ratio)),
                               ('year', to_char(p.taken_at, 'YYYY')),
                               ('camera', camera_of(p.exif)), ('lens', lower(p.exif ->> 'lens')))
    ) AS has
) AS extra
WHERE p.applied_generation > 0 AND p.status NOT IN ('receiving', 'deleting', 'deleted');

-- Photos that look the same as these.
CREATE FUNCTION find_twins(photo_ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO photo_twin (photo_id, twin_id, owner, distance)
    SELECT f.photo_id, t.photo_id, f.owner, bit_count(f.print_bits # t.print_bits)
    FROM photo_facts f
    JOIN photo_facts t ON t.print_keys && f.print_keys AND t.owner = f.owner
                      AND t.photo_id <> f.photo_id
    WHERE f.photo_id = ANY (photo_ids)
      AND bit_count(f.print_bits # t.print_bits) <= 6
      AND f.colours <=> t.colours < .08
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION show_photos(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_traits(photo_ids);
    WITH gone AS (
        DELETE FROM photo_facts f
        WHERE photo_id = ANY (photo_ids)
          AND NOT EXISTS (SELECT FROM photo p WHERE p.photo_id = f.photo_id
                          AND p.applied_generation > 0
                          AND p.status NOT IN ('receiving', 'deleting', 'deleted'))
        RETURNING owner, tags
    )
    INSERT INTO tag_use_change (owner, gained, lost) SELECT owner, '{}', tags FROM gone;
    WITH had AS MATERIALIZED (
        SELECT photo_id, tags FROM photo_facts WHERE photo_id = ANY (photo_ids)
    ), now AS (
        INSERT INTO photo_facts (photo_id, owner, tags, sure, facts, words, composition, colours,
                                 print_bits, print_keys)
        SELECT photo_id, owner, tags, sure, facts, words, composition, colours, print_bits, print_keys
        FROM photo_seen
        WHERE photo_id = ANY (photo_ids)
        ON CONFLICT (photo_id) DO UPDATE
        SET tags = excluded.tags, sure = excluded.sure, facts = excluded.facts,
            words = excluded.words, composition = excluded.composition, colours = excluded.colours,
            print_bits = excluded.print_bits, print_keys = excluded.print_keys
        RETURNING photo_id, owner, tags
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

-- Whoever changes what is seen of a photo gives its row a new seq as the last thing it does.
CREATE FUNCTION photo_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM show_photos(ARRAY[NEW.photo_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER photo_shown AFTER UPDATE ON photo FOR EACH ROW
    WHEN ((NEW.applied_generation > 0 OR OLD.applied_generation > 0)
          AND (NEW.seq <> OLD.seq OR NEW.status <> OLD.status))
    EXECUTE FUNCTION photo_changed();

-- The owner comes first: a tag's photos are read best first, and never through somebody else's.
CREATE INDEX photo_tag_owned ON photo_tag (owner, tag_id, confidence DESC) INCLUDE (photo_id);
DROP INDEX photo_tag_best;

-- Tag vectors are compared in search's memory; an index of them would only cost.
CREATE OR REPLACE FUNCTION make_vector_indexes(model text, dimensions int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE id int := (SELECT model_id FROM embedding_model WHERE name = model);
BEGIN
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS %I ON photo_vector USING hnsw ((embedding::halfvec(%s))'
        ' halfvec_cosine_ops) WITH (m = 16, ef_construction = 64) WHERE model_id = %s',
        'photo_vector_model_' || id, dimensions, id);
END $$;
DO $$
DECLARE old text;
BEGIN
    FOR old IN SELECT indexname FROM pg_indexes WHERE indexname LIKE 'tag\_vector\_model\_%'
               AND schemaname = current_schema() LOOP
        EXECUTE format('DROP INDEX %I', old);
    END LOOP;
END $$;

-- The photos nearest to a place in the space of meaning, among those that pass the filter.
-- HNSW wants the number of dimensions in the text of the query; this is the one place that does it.
CREATE FUNCTION nearest_photos(wanted halfvec, model int, whose text, filter jsonpath, most int,
                               ef int, tuples int)
RETURNS TABLE (photo_id uuid, distance float8) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('hnsw.ef_search', ef::text, true),
            set_config('hnsw.iterative_scan', 'relaxed_order', true),
            set_config('hnsw.max_scan_tuples', tuples::text, true);
    RETURN QUERY EXECUTE format(
        'SELECT v.photo_id, (v.embedding::halfvec(%1$s) <=> $1)::float8 AS distance'
        ' FROM photo_vector v %3$s WHERE v.model_id = %2$s AND v.owner = $2 %4$s'
        ' ORDER BY v.embedding::halfvec(%1$s) <=> $1 LIMIT $4',
        vector_dims(wanted), model,
        CASE WHEN filter IS NULL THEN '' ELSE 'JOIN photo_facts f USING (photo_id)' END,
        CASE WHEN filter IS NULL THEN '' ELSE 'AND f.facts @@ $3' END)
    USING wanted, whose, filter, most;
END $$;

SELECT show_photos(array_agg(photo_id)) FROM photo WHERE applied_generation > 0;
