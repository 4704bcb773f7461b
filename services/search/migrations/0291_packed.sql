-- Smaller still: 6.6 kB a photo became 6.0 (docs/decisions/0025-tags-packed.md).

-- Two bytes of a packed value as a number with a sign.
CREATE FUNCTION int2_at(packed bytea, at int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT ((get_byte(packed, at) << 8 | get_byte(packed, at + 1)) + 32768) % 65536 - 32768
$$;

-- A swatch in eleven bytes, not in a hundred of JSON: red, green, blue, its share of the pixels in
-- ten-thousandths, L*, a* and b* in hundredths. services/search/swatches.py says the same.
CREATE FUNCTION packed_palette(palette jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(
               decode(substr(swatch ->> 'hex', 2), 'hex')
               || int2send(round((swatch ->> 'amount')::numeric * 10000)::smallint)
               || int2send(round((swatch #>> '{lab,0}')::numeric * 100)::smallint)
               || int2send(round((swatch #>> '{lab,1}')::numeric * 100)::smallint)
               || int2send(round((swatch #>> '{lab,2}')::numeric * 100)::smallint),
               '' ORDER BY n), '')
    FROM jsonb_array_elements(palette) WITH ORDINALITY AS p (swatch, n)
$$;
CREATE FUNCTION palette_of(swatches bytea) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'hex', '#' || encode(substr(swatches, at + 1, 3), 'hex'),
               'amount', trim_scale(int2_at(swatches, at + 3) / 10000.0),
               'lab', jsonb_build_array(trim_scale(int2_at(swatches, at + 5) / 100.0),
                                        trim_scale(int2_at(swatches, at + 7) / 100.0),
                                        trim_scale(int2_at(swatches, at + 9) / 100.0)))
               ORDER BY at), '[]')
    FROM generate_series(0, length(swatches) - 11, 11) AS at
$$;

-- One pass over the table, which leaves no dead rows. The order of time is read in both directions;
-- an index in whose end new rows come stays full.
DROP VIEW photo_seen;
DROP INDEX photo_newest;
ALTER TABLE photo RENAME COLUMN palette TO swatches;
ALTER TABLE photo ALTER COLUMN swatches DROP DEFAULT,
                  ALTER COLUMN swatches TYPE bytea USING packed_palette(swatches);
ALTER TABLE photo ALTER COLUMN swatches SET DEFAULT '',
                  ADD COLUMN palette jsonb NOT NULL DEFAULT '[]';
CREATE INDEX photo_newest ON photo (owner, created_at, photo_id)
    WHERE status NOT IN ('receiving', 'deleting', 'deleted');

-- The release before this one sends JSON and reads it: what it sends is packed, what it reads is
-- empty. The column, this trigger and the four arguments of 'passes' go a release later.
CREATE FUNCTION photo_packed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.swatches := CASE WHEN NEW.status = 'deleted' THEN '' ELSE packed_palette(NEW.palette) END;
    NEW.palette := '[]';
    RETURN NEW;
END $$;
CREATE TRIGGER photo_packed BEFORE INSERT OR UPDATE ON photo FOR EACH ROW
    WHEN (NEW.palette <> '[]' OR NEW.status = 'deleted' AND NEW.swatches <> '')
    EXECUTE FUNCTION photo_packed();

-- As in 0280, but for 'c', which 'seen' says too, and for the packed colours.
CREATE VIEW photo_seen WITH (security_invoker = true) AS
SELECT p.photo_id, p.owner, ratio,
       seen.ids || extra.ids AS tags,
       seen.sure || extra.sure AS sure,
       with_steps(jsonb_strip_nulls(jsonb_build_object(
           't', to_jsonb(seen.ids || extra.ids),
           'd', to_char(p.taken_at, 'YYYYMMDD')::int, 'y', to_char(p.taken_at, 'YYYY')::int,
           'm', to_char(p.taken_at, 'MM')::int, 'ym', to_char(p.taken_at, 'YYYYMM')::int,
           'hour', to_char(p.taken_at, 'HH24')::int, 'u', to_char(p.created_at, 'YYYYMMDD')::int,
           'w', p.width, 'h', p.height, 'r', round(ratio::numeric, 3),
           'mp', round((p.width::numeric * p.height) / 1e6, 1),
           'cam', camera_of(p.exif), 'lens', lower(p.exif ->> 'lens'), 'iso', p.exif -> 'iso',
           'f', p.exif -> 'f_number', 's', p.exif -> 'exposure_seconds',
           'mm', p.exif -> 'focal_length_mm', 'lat', p.exif -> 'latitude',
           'lon', p.exif -> 'longitude', 'name', lower(p.filename), 'say', nullif(lower(p.caption), ''),
           'by', seen.models, 'status', p.status, 'o', orientation_of(ratio), 'k', palette.amounts,
           'p', palette.swatches, 'v', round(coalesce(mood.valence, p.feeling[0])::numeric, 2),
           'e', round(coalesce(mood.energy, p.feeling[1])::numeric, 2),
           'g', CASE WHEN mood.valence IS NULL AND p.feeling IS NOT NULL THEN true END,
           'sx', seen.evidence #> '{subject,point,0}', 'sy', seen.evidence #> '{subject,point,1}',
           'edited', nullif(seen.edited, false)
       ))) AS facts,
       to_tsvector('english', plain_words(regexp_replace(p.filename, '\.[^.]{1,5}$', '') || ' '
                                          || p.caption)) AS words,
       CASE WHEN seen.techniques <> '{}' OR seen.evidence ? 'subject'
            THEN composition_of(seen.techniques, seen.evidence, ratio) END AS composition,
       palette.vector AS colours,
       coalesce(print_of(p.thumbhash), 0::bit(48)) AS print_bits,
       print_keys_of(print_of(p.thumbhash), ratio) AS print_keys
FROM photo p
CROSS JOIN LATERAL (SELECT p.width::float8 / p.height AS ratio) AS frame
CROSS JOIN LATERAL (SELECT palette_of(p.swatches) AS palette OFFSET 0) AS shown
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(tag_id::int ORDER BY tag_id), '{}') AS ids,
           coalesce(array_agg(round(confidence * 100)::smallint ORDER BY tag_id), '{}') AS sure,
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
           (SELECT jsonb_agg(swatch_number(s))
            FROM jsonb_array_elements(shown.palette) AS s) AS swatches
    FROM colours_of(shown.palette)
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
        FROM colours_of(shown.palette) JOIN trait ON kind = 'colour' AND text = name
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

-- How sure each tag is, stands in 'seen' already: five bytes of number and percent, ten digits here.
CREATE OR REPLACE FUNCTION rare_of(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('name', facts -> 'name', 'say', facts -> 'say',
                                                'p', facts -> 'p'))
$$;
CREATE FUNCTION whole(facts jsonb, rare jsonb, seen bytea) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT facts || (rare || jsonb_object(ARRAY['c', encode(seen, 'hex')]))
$$;
CREATE FUNCTION passes(facts jsonb, rare jsonb, seen bytea, filter jsonpath, rest jsonpath)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (filter IS NULL OR facts @@ filter) AND (rest IS NULL OR whole(facts, rare, seen) @@ rest)
$$;

-- Photos without a mood are in no map of moods. In the order of time the tie is broken afterwards, so
-- that the index keeps a time that many photos share once.
DROP INDEX photo_facts_mood, photo_facts_newest;
ALTER TABLE photo_facts ALTER COLUMN rare TYPE jsonb USING rare - 'c';
CREATE INDEX photo_facts_mood ON photo_facts USING gist (mood) WHERE mood IS NOT NULL;
CREATE INDEX photo_facts_newest ON photo_facts (owner, at);

-- As in 0283 and 0250, with what 'seen' says.
CREATE OR REPLACE FUNCTION maybe_of(whose text, paths jsonpath[], filter jsonpath, rest jsonpath,
                                    most bigint)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT found.photo_id
    FROM unnest(paths) AS wanted (path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = whose AND f.facts @@ wanted.path
          AND passes(f.facts, f.rare, f.seen, filter, rest)
        LIMIT most
    ) AS found;
END $$;

CREATE OR REPLACE FUNCTION with_colours(whose text, colours text[], filter jsonpath, rest jsonpath,
                                        most bigint)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT found.photo_id
    FROM unnest(colours) AS wanted (colour)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = whose AND passes(f.facts, f.rare, f.seen, filter, rest)
        ORDER BY f.colours <=> wanted.colour::halfvec
        LIMIT most
    ) AS found;
END $$;

CREATE OR REPLACE FUNCTION nearest_photos(wanted halfvec, model int, whose text, filter jsonpath,
                                          rest jsonpath, most int, ef int, tuples int)
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
             ELSE 'AND passes(f.facts, f.rare, f.seen, $3, $4)' END)
    USING wanted, whose, filter, rest, most;
END $$;
