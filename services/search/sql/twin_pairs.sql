-- Pairs of photos that look the same.
SELECT t.photo_id, t.twin_id
FROM photo_twin t
WHERE t.owner = %(owner)s
LIMIT 20000
