-- The commonest tags and traits of some photos, by kind.
SELECT kind, text, count
FROM (
    SELECT t.kind, t.text, used.count,
           row_number() OVER (PARTITION BY t.kind ORDER BY used.count DESC, t.text) AS place
    FROM (
        SELECT id, count(*) AS count
        FROM photo_facts f CROSS JOIN LATERAL unnest(f.tags) AS id
        WHERE f.photo_id = ANY (%(photo_ids)s)
        GROUP BY id
    ) AS used
    JOIN (SELECT tag_id AS id, kind, text FROM tag
          UNION ALL SELECT trait_id, kind, text FROM trait) AS t USING (id)
) AS counted
WHERE place <= %(limit)s
ORDER BY kind, place
