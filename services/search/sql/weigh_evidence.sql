-- What speaks for each of these photos: wanted tags, words of its name or caption, conditions that
-- it meets, its place in the space of meaning.
WITH wanted_words AS MATERIALIZED (
    SELECT n, phraseto_tsquery('english', plain_words(words)) AS query
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (words, n)
)
SELECT f.photo_id AS id, extract(epoch FROM f.at)::float8 AS at, tags.ids, tags.sure, f.facts -> 'no' AS rejected,
       ARRAY(SELECT n FROM wanted_words WHERE f.words @@ query) AS named,
       ARRAY(SELECT n FROM unnest(%(conditions)s::jsonpath[]) WITH ORDINALITY AS c (path, n)
             WHERE f.facts @@ path) AS met,
       (1 - (v.embedding <=> %(vector)s::halfvec))::float8 AS likeness
FROM photo_facts f
LEFT JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
CROSS JOIN LATERAL (
    SELECT array_agg(tag_id) AS ids, array_agg(sure) AS sure
    FROM unnest(f.tags, f.sure) AS t (tag_id, sure)
    WHERE tag_id = ANY (%(tag_ids)s::int[])
) AS tags
WHERE f.photo_id = ANY (%(photo_ids)s) AND f.owner = %(owner)s
  AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
