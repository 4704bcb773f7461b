-- The commonest of these words and how many photos have them: what was added up, and what changed
-- since.
SELECT tag_id, sum(photos)::int AS photos
FROM (SELECT tag_id, photos FROM tag_use
      WHERE owner = %(owner)s AND tag_id = ANY (%(tag_ids)s::int[])
      UNION ALL
      SELECT tag_id, by
      FROM tag_use_change,
           LATERAL (SELECT unnest(gained) AS tag_id, 1 AS by
                    UNION ALL SELECT unnest(lost), -1) AS moved
      WHERE owner = %(owner)s AND tag_id = ANY (%(tag_ids)s::int[])) AS counted
GROUP BY tag_id
HAVING sum(photos) > 0
ORDER BY sum(photos) DESC, tag_id
LIMIT %(limit)s
