-- Which of these words a person took from a photo that is still there.
SELECT DISTINCT e.tag_id::int
FROM tag_edit e
JOIN photo_facts f ON f.photo_id = e.photo_id AND f.owner = %(owner)s
WHERE e.tag_id = ANY (%(tag_ids)s::int[]) AND e.verdict <> 'added'
