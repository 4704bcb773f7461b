-- The photos nearest to a place in the space of meaning, when few pass the filter: all are looked at.
WITH passing AS MATERIALIZED (
    SELECT photo_id
    FROM photo_facts
    WHERE owner = %(owner)s AND passes(facts, rare, seen, %(filter)s::jsonpath, %(rest)s::jsonpath)
)
SELECT v.photo_id, (1 - (v.embedding <=> %(vector)s::halfvec))::float8
FROM passing JOIN photo_vector v USING (photo_id)
WHERE v.model_id = %(model_id)s
ORDER BY v.embedding <=> %(vector)s::halfvec
LIMIT %(most)s
