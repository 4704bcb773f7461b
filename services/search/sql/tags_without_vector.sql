-- Words in use that the active model has not placed yet (people add them). What only was seen in
-- photos that must not leave the house stays here, for the embedder may be somebody else's.
SELECT t.tag_id, t.kind, t.text
FROM tag t
JOIN embedding_model m ON m.active
WHERE EXISTS (SELECT FROM photo_tag pt JOIN photo p USING (photo_id)
              WHERE pt.tag_id = t.tag_id AND (pt.source = 'user' OR NOT p.local_only))
  AND NOT EXISTS (SELECT FROM tag_vector v WHERE v.tag_id = t.tag_id AND v.model_id = m.model_id)
LIMIT %(limit)s
