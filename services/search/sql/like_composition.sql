-- Photos whose geometry is most like one given, whatever they show.
SELECT photo_id, (composition <-> %(place)s::halfvec)::float8 AS distance
FROM photo_facts
WHERE owner = %(owner)s AND photo_id IS DISTINCT FROM %(but)s::uuid AND composition IS NOT NULL
  AND passes(facts, rare, seen, %(filter)s::jsonpath, %(rest)s::jsonpath)
ORDER BY composition <-> %(place)s::halfvec
LIMIT %(limit)s
