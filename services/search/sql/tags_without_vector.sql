-- Words in use that the active model has not placed yet (people add them).
SELECT t.tag_id, t.kind, t.text
FROM tag t
JOIN embedding_model m ON m.active
WHERE EXISTS (SELECT FROM photo_tag pt WHERE pt.tag_id = t.tag_id)
  AND NOT EXISTS (SELECT FROM tag_vector v WHERE v.tag_id = t.tag_id AND v.model_id = m.model_id)
LIMIT %(limit)s
