-- The questions that somebody keeps, by name.
SELECT saved_id AS id, name, query, strictness, created_at, looked_at
FROM saved_search
WHERE owner = %(owner)s AND (saved_id = %(saved_id)s OR %(saved_id)s::uuid IS NULL)
ORDER BY name
LIMIT 200
