-- Photos that a model has not placed yet, with what they are described by.
SELECT p.photo_id, p.owner, p.caption, s.tags
FROM photo p
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'text', t.text,
                                                 'confidence', pt.confidence)), '[]') AS tags
    FROM photo_tag pt JOIN tag t USING (tag_id)
    WHERE pt.photo_id = p.photo_id
) AS s
WHERE p.applied_generation > 0 AND p.status NOT IN ('receiving', 'deleting', 'deleted')
  AND NOT (%(paid)s AND p.local_only)
  AND NOT EXISTS (SELECT FROM photo_vector v
                  WHERE v.photo_id = p.photo_id AND v.model_id = %(model_id)s)
ORDER BY p.photo_id
LIMIT %(limit)s
