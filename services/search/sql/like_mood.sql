-- Photos nearest on the map of moods.
SELECT photo_id, mood <-> %(place)s::point AS distance
FROM photo_facts
WHERE owner = %(owner)s AND photo_id IS DISTINCT FROM %(but)s::uuid AND mood IS NOT NULL
  AND passes(facts, rare, seen, %(filter)s::jsonpath, %(rest)s::jsonpath)
ORDER BY mood <-> %(place)s::point
LIMIT %(limit)s
