-- Every photo that carries the wanted words: per term the best of likeness x confidence.
WITH wanted AS (
    SELECT * FROM unnest(%(numbers)s::int[], %(tag_ids)s::bigint[], %(likenesses)s::real[])
           AS w (number, tag_id, likeness)
), part AS (
    SELECT pt.photo_id, w.number, pt.tag_id, pt.confidence, pt.source, w.likeness,
           w.likeness * pt.confidence AS worth,
           row_number() OVER (PARTITION BY pt.photo_id, w.number
                              ORDER BY w.likeness * pt.confidence DESC, pt.tag_id) AS place
    FROM wanted w
    JOIN photo_tag pt USING (tag_id)
    WHERE pt.owner = %(owner)s
), named AS (
    SELECT p.photo_id, t.number, %(name_worth)s::real AS worth
    FROM unnest(%(patterns)s::text[]) WITH ORDINALITY AS t (pattern, number)
    JOIN photo p ON p.filename ILIKE t.pattern OR p.caption ILIKE t.pattern
    WHERE p.owner = %(owner)s
), best AS (
    SELECT photo_id, number, max(worth) AS worth
    FROM (SELECT photo_id, number, worth FROM part WHERE place = 1
          UNION ALL SELECT photo_id, number, worth FROM named) AS either
    GROUP BY photo_id, number
), scored AS (
    SELECT photo_id, round((sum(worth) / %(terms)s)::numeric, 6) AS likeness
    FROM best
    JOIN photo p USING (photo_id)
    WHERE p.applied_generation > 0 AND p.status NOT IN ('receiving', 'deleting', 'deleted')
    GROUP BY photo_id
)
SELECT s.photo_id, s.likeness,
       coalesce((SELECT jsonb_agg(jsonb_build_object(
                    'number', part.number, 'tag_id', part.tag_id, 'confidence', part.confidence,
                    'source', part.source, 'likeness', part.likeness, 'worth', part.worth)
                    ORDER BY part.worth DESC)
                 FROM part WHERE part.photo_id = s.photo_id AND part.place = 1), '[]') AS parts
FROM scored s
WHERE s.likeness >= %(floor)s
  AND s.likeness >= %(share_of_best)s * (SELECT max(likeness) FROM scored)
ORDER BY s.likeness DESC, s.photo_id
