-- Words that begin so, those of most photos first.
SELECT t.kind, t.text, count(*) AS count
FROM tag t
JOIN photo_tag pt USING (tag_id)
WHERE t.text LIKE %(pattern)s
  AND (t.kind = %(kind)s OR %(kind)s::text IS NULL)
  AND pt.owner = %(owner)s
GROUP BY t.kind, t.text
ORDER BY count DESC, t.text
LIMIT %(limit)s
