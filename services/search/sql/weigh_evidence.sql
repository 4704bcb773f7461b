-- What speaks for each of these photos: its tags, words of its name or caption, conditions that it
-- meets, its place in the space of meaning. (Tags are picked by the caller: a subplan for each row
-- costs five times as much.)
WITH wanted_words AS MATERIALIZED (
    SELECT n, phraseto_tsquery('english', plain_words(words)) AS query
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (words, n)
)
SELECT f.photo_id AS id, extract(epoch FROM f.at)::float8 AS at, f.tags, f.sure,
       f.facts -> 'no' AS rejected,
       CASE WHEN f.words @@ ANY ((SELECT array_agg(query) FROM wanted_words)::tsquery[])
            THEN ARRAY(SELECT n FROM wanted_words WHERE f.words @@ query) END AS named,
       CASE WHEN cardinality(%(conditions)s::jsonpath[]) > 0
            THEN ARRAY(SELECT n
                       FROM unnest(%(conditions)s::jsonpath[]) WITH ORDINALITY AS c (path, n)
                       WHERE f.facts @@ path) END AS met,
       (1 - (v.embedding <=> %(vector)s::halfvec))::float8 AS likeness
FROM photo_facts f
LEFT JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
WHERE f.photo_id = ANY (%(photo_ids)s) AND f.owner = %(owner)s
  AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
