-- Narrower rows, and numbers that an index can look for.

-- One swatch as one number: amount, L*, a* and b*, a byte each.
CREATE FUNCTION swatch_number(swatch jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (round((swatch ->> 'amount')::numeric * 100)::bigint * 128
            + greatest(0, least(127, round((swatch #>> '{lab,0}')::numeric)))::bigint) * 65536
           + greatest(0, least(255, round((swatch #>> '{lab,1}')::numeric) + 128))::bigint * 256
           + greatest(0, least(255, round((swatch #>> '{lab,2}')::numeric) + 128))::bigint
$$;

-- A range is a row of steps: each number also stands as its step, a key that the index has. Half an
-- octave is a step of what is measured in stops and pixels, a tenth of what lies in -1..1.
-- services/search/language/steps.py says the same.
CREATE FUNCTION with_steps(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT facts || jsonb_strip_nulls(jsonb_build_object('b', (
        SELECT jsonb_agg(code * 1000 + step ORDER BY code)
        FROM (
            SELECT code, floor(2 * log(2.0, (facts ->> name)::numeric))::int + 500 AS step
            FROM (VALUES (1, 'iso'), (2, 'f'), (3, 's'), (4, 'mm'), (5, 'w'), (6, 'h'), (7, 'mp'))
                 AS octaves (code, name)
            WHERE (facts ->> name)::numeric > 0
            UNION ALL
            SELECT code, floor(10 * (facts ->> name)::numeric)::int + 500
            FROM (VALUES (11, 'v'), (12, 'e'), (13, 'sx'), (14, 'sy')) AS tenths (code, name)
            WHERE facts ? name
        ) AS steps
        WHERE step BETWEEN 0 AND 999)))
$$;

-- Words are counted in tens of thousands: half the bytes do.
DROP VIEW photo_seen;
ALTER TABLE photo_tag ALTER COLUMN tag_id TYPE int;

CREATE VIEW photo_seen AS
SELECT p.photo_id, p.owner, ratio,
       seen.ids || extra.ids AS tags,
       seen.sure || extra.sure AS sure,
       with_steps(jsonb_strip_nulls(jsonb_build_object(
           't', to_jsonb(seen.ids || extra.ids), 'c', seen.by_id,
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
           'p', palette.swatches, 'v', round(mood.valence::numeric, 2),
           'e', round(mood.energy::numeric, 2), 'sx', seen.evidence #> '{subject,point,0}',
           'sy', seen.evidence #> '{subject,point,1}', 'edited', nullif(seen.edited, false)
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
           (SELECT jsonb_agg(swatch_number(s))
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

-- The order of time begins with the owner too.
DROP INDEX photo_facts_owner;

SELECT show_photos(array_agg(photo_id)) FROM photo_facts;
