-- Edits show at once, without waiting for a re-tag. What was seen and is now said stays as it was seen.
WITH edited AS (
    DELETE FROM photo_tag p USING tag_edit e
    WHERE p.photo_id = %(photo_id)s AND e.photo_id = p.photo_id AND e.tag_id = p.tag_id
    RETURNING p.tag_id, p.model, p.evidence
)
INSERT INTO photo_tag (photo_id, tag_id, owner, confidence, source, model, evidence)
SELECT %(photo_id)s, e.tag_id, %(owner)s, 1, 'user', coalesce(s.model, ''), s.evidence
FROM tag_edit e LEFT JOIN edited s USING (tag_id)
WHERE e.photo_id = %(photo_id)s AND e.verdict = 'added'
