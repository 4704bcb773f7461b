-- Photos with the most similar colours in similar amounts.
SELECT photo_id, (colours <=> %(place)s::halfvec)::float8 AS distance
FROM photo_facts
WHERE owner = %(owner)s AND photo_id IS DISTINCT FROM %(but)s::uuid AND colours IS NOT NULL
  AND passes(facts, rare, seen, %(filter)s::jsonpath, %(rest)s::jsonpath)
ORDER BY colours <=> %(place)s::halfvec
LIMIT %(limit)s
