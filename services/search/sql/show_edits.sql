-- Edits show at once, without waiting for a re-tag.
WITH rejected AS (
    DELETE FROM photo_tag p USING tag_edit e
    WHERE p.photo_id = %(photo_id)s AND e.photo_id = p.photo_id AND e.tag_id = p.tag_id
      AND e.verdict = 'rejected'
)
INSERT INTO photo_tag (photo_id, tag_id, owner, confidence, source)
SELECT photo_id, tag_id, %(owner)s, 1, 'user'
FROM tag_edit
WHERE photo_id = %(photo_id)s AND verdict = 'added'
ON CONFLICT (photo_id, tag_id) DO UPDATE SET confidence = 1, source = 'user'
