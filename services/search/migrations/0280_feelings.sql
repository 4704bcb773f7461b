-- Where a photo lies on the map of moods though no mood is said of it: valence and energy, as whoever
-- looked at its pixels measured them. What is said, by a source or a person, goes before.
ALTER TABLE photo ADD COLUMN feeling point;

-- As vision models spell it; 'cozy' is there already.
INSERT INTO mood_place VALUES ('cosy', .6, -.4) ON CONFLICT DO NOTHING;

-- As in 0110, but for 'v' and 'e'; 'g' says that no mood stands behind them.
CREATE OR REPLACE VIEW photo_seen WITH (security_invoker = true) AS
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

SELECT show_photos(array_agg(photo_id))
FROM photo_tag JOIN tag USING (tag_id)
WHERE kind = 'mood' AND text = 'cosy';
