-- The commonest tags of some photos, by kind.
SELECT kind, text, count
FROM (
    SELECT kind, text, count(*) AS count,
           row_number() OVER (PARTITION BY kind ORDER BY count(*) DESC, text) AS place
    FROM photo_tag JOIN tag USING (tag_id)
    WHERE photo_id = ANY (%(photo_ids)s)
    GROUP BY kind, text
) AS counted
WHERE place <= %(limit)s
ORDER BY kind, place
