-- How many of some photos have each tag and trait, the commonest first.
SELECT id, count(*)
FROM photo_facts f CROSS JOIN LATERAL unnest(f.tags) AS id
WHERE f.photo_id = ANY (%(photo_ids)s)
GROUP BY id
ORDER BY count(*) DESC, id
LIMIT %(limit)s
