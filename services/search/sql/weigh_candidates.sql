-- Photos that one of the arms finds, and what speaks for each. All arms stand behind the same filter:
-- the surest photos of each wanted tag, those with the most of a wanted colour, those with a wanted
-- word in their name, those that have one tag of each want, those that meet a condition, the newest,
-- the nearest in meaning and on the map of moods, and photos that the caller names. One row, each
-- column the photos' values in the database's own binary form, one after the other: hundreds of rows
-- of arrays cost more on the way than to find.
WITH by_tag AS MATERIALIZED (
    SELECT found.photo_id, wanted.tag_id, wanted.most
    FROM unnest(%(tag_ids)s::int[], %(limits)s::int[]) AS wanted (tag_id, most)
    CROSS JOIN LATERAL (
        SELECT pt.photo_id
        FROM photo_tag pt LEFT JOIN photo_facts f USING (photo_id)
        WHERE pt.owner = %(owner)s AND pt.tag_id = wanted.tag_id
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        ORDER BY pt.confidence DESC
        LIMIT wanted.most
    ) AS found
), by_colour AS (
    SELECT found.photo_id
    FROM unnest(%(colours)s::text[]) AS wanted (colour)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        ORDER BY f.colours <=> wanted.colour::halfvec
        LIMIT %(most)s
    ) AS found
), wanted_words AS MATERIALIZED (
    SELECT n, phraseto_tsquery('english', plain_words(words)) AS query
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (words, n)
    WHERE words <> ''
), by_word AS MATERIALIZED (
    SELECT found.photo_id
    FROM wanted_words AS wanted
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s AND f.words @@ wanted.query
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        LIMIT %(most)s
    ) AS found
), by_all AS MATERIALIZED (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(together)s::jsonpath IS NOT NULL AND f.owner = %(owner)s
      AND f.facts @@ %(together)s::jsonpath
    LIMIT %(most)s
), newest AS MATERIALIZED (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(newest)s AND f.owner = %(owner)s
      AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
    ORDER BY f.at DESC, f.photo_id
    LIMIT %(most)s
), by_condition AS MATERIALIZED (
    SELECT found.photo_id
    FROM unnest(%(conditions)s::jsonpath[]) AS wanted (path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s AND f.facts @@ wanted.path
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        LIMIT %(most)s
    ) AS found
), by_feeling AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(feeling)s::point IS NOT NULL AND f.owner = %(owner)s AND f.mood IS NOT NULL
      AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
    ORDER BY f.mood <-> %(feeling)s::point
    LIMIT %(most)s
), near AS (
    SELECT photo_id
    FROM nearest_photos(%(vector)s::halfvec, %(model_id)s, %(owner)s, %(filter)s::jsonpath,
                        %(nearest)s, %(ef)s, %(tuples)s)
    WHERE %(walk)s
), near_of_few AS (
    SELECT v.photo_id
    FROM photo_facts f
    JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
    WHERE %(compare)s AND f.owner = %(owner)s
      AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
    ORDER BY v.embedding <=> %(vector)s::halfvec
    LIMIT %(nearest)s
), found AS (
    SELECT photo_id FROM by_tag
    UNION SELECT photo_id FROM by_colour
    UNION SELECT photo_id FROM by_word
    UNION SELECT photo_id FROM by_all
    UNION SELECT photo_id FROM newest
    UNION SELECT photo_id FROM by_condition
    UNION SELECT photo_id FROM by_feeling
    UNION SELECT photo_id FROM near
    UNION SELECT photo_id FROM near_of_few
    UNION SELECT unnest(%(photo_ids)s::uuid[])
)
SELECT string_agg(uuid_send(f.photo_id), ''),
       string_agg(timestamp_send(f.at), ''),
       string_agg(int4send(cardinality(f.tags)), ''),
       string_agg(array_send(f.tags), ''),
       string_agg(array_send(f.sure), ''),
       string_agg(int4send(
           CASE WHEN f.words @@ ANY ((SELECT array_agg(query) FROM wanted_words)::tsquery[])
                THEN (SELECT bit_or(1 << (n - 1)::int) FROM wanted_words WHERE f.words @@ query)
                ELSE 0 END), ''),
       string_agg(int4send(
           CASE WHEN cardinality(%(conditions)s::jsonpath[]) > 0
                THEN coalesce((SELECT bit_or(1 << (n - 1)::int)
                               FROM unnest(%(conditions)s::jsonpath[])
                                    WITH ORDINALITY AS c (path, n)
                               WHERE f.facts @@ path), 0)
                ELSE 0 END), ''),
       string_agg(float8send(coalesce(1 - (v.embedding <=> %(vector)s::halfvec), 'NaN')), ''),
       string_agg(float8send(coalesce(f.mood <-> %(feeling)s::point, 'NaN')), ''),
       jsonb_object_agg(f.photo_id, f.facts -> 'no') FILTER (WHERE f.facts ? 'no'),
       (SELECT count(*) >= %(most)s FROM by_word) OR (SELECT count(*) >= %(most)s FROM by_all)
       OR (SELECT count(*) >= %(most)s FROM newest)
       OR (SELECT count(*) >= %(most)s FROM by_condition)
       OR EXISTS (SELECT FROM by_tag GROUP BY tag_id, most HAVING count(*) >= most)
FROM found
JOIN photo_facts f USING (photo_id)
LEFT JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
WHERE f.owner = %(owner)s
  AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
