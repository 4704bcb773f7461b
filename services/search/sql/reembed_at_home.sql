-- Photos that must not leave the house lie where their known words lie, else where a photo lies in
-- which nothing is seen.
INSERT INTO photo_vector (model_id, photo_id, owner, embedding)
SELECT %(model_id)s, p.photo_id, p.owner, coalesce(avg(v.embedding), %(nowhere)s::halfvec)
FROM photo p
LEFT JOIN photo_tag pt USING (photo_id)
LEFT JOIN tag_vector v ON v.tag_id = pt.tag_id AND v.model_id = %(model_id)s
WHERE p.local_only AND p.applied_generation > 0
  AND p.status NOT IN ('receiving', 'deleting', 'deleted')
GROUP BY p.photo_id, p.owner
ON CONFLICT DO NOTHING
