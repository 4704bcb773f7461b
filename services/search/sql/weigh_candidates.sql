-- Photos that one of the arms finds, and what speaks for each. All arms stand behind the same filter:
-- the surest photos of each wanted tag, those with the most of a wanted colour, those with a wanted
-- word in their name, those that have one tag of each want (as they come, and if there are too many
-- the surest of them), those that meet a condition, the newest, the nearest in meaning and on the map
-- of moods, those that perhaps have a wanted tag (where few surely have it), and photos that the
-- caller names. One row, each column the photos' values in the database's own binary form, one after
-- the other: hundreds of rows of arrays cost more on the way than to find.
WITH by_tag AS (
    SELECT found.photo_id, wanted.tag_id, wanted.most
    FROM unnest(%(tag_ids)s::int[], %(limits)s::int[]) AS wanted (tag_id, most)
    CROSS JOIN LATERAL (
        SELECT pt.photo_id
        FROM photo_tag pt
        WHERE pt.owner = %(owner)s AND pt.tag_id = wanted.tag_id
          -- No join: without a filter nobody asks for the facts.
          AND (%(filter)s::jsonpath IS NULL AND %(rest)s::jsonpath IS NULL
               OR EXISTS (SELECT FROM photo_facts f
                          WHERE f.photo_id = pt.photo_id
                            AND passes(f.facts, f.rare, %(filter)s, %(rest)s)))
        ORDER BY round(pt.confidence * 100)::smallint DESC
        LIMIT wanted.most
    ) AS found
), said AS (
    SELECT n, phraseto_tsquery('english', plain_words(words)) AS query
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (words, n)
    WHERE words <> ''
), by_word AS (
    SELECT found.photo_id
    FROM said AS wanted
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s AND f.words @@ wanted.query
          AND passes(f.facts, f.rare, %(filter)s, %(rest)s)
        LIMIT %(most)s
    ) AS found
), by_all AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(together)s::jsonpath IS NOT NULL AND f.owner = %(owner)s
      AND f.facts @@ %(together)s::jsonpath AND passes(f.facts, f.rare, NULL, %(rest)s)
    LIMIT %(most)s
), newest AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(newest)s AND f.owner = %(owner)s
      AND passes(f.facts, f.rare, %(filter)s, %(rest)s)
    ORDER BY f.at DESC, f.photo_id
    LIMIT %(most)s
), by_facts AS (
    SELECT found.photo_id
    FROM unnest(%(keys)s::jsonpath[], %(conditions)s::jsonpath[]) AS wanted (key, path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s AND f.facts @@ wanted.key AND (f.facts || f.rare) @@ wanted.path
          AND passes(f.facts, f.rare, %(filter)s, %(rest)s)
        LIMIT %(most)s
    ) AS found
), found AS (
    SELECT photo_id FROM by_tag
    UNION SELECT photo_id FROM by_word
    UNION SELECT photo_id FROM by_all
    UNION SELECT photo_id FROM newest
    UNION SELECT photo_id FROM by_facts
    UNION SELECT with_colours(%(owner)s, %(colours)s::text[], %(filter)s, %(rest)s, %(most)s)
    UNION (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE %(feeling)s::point IS NOT NULL AND f.owner = %(owner)s AND f.mood IS NOT NULL
          AND passes(f.facts, f.rare, %(filter)s, %(rest)s)
        ORDER BY f.mood <-> %(feeling)s::point
        LIMIT %(most)s
    )
    UNION (
        SELECT photo_id
        FROM nearest_photos(%(vector)s, %(model_id)s, %(owner)s, %(filter)s, %(rest)s, %(nearest)s,
                            %(ef)s, %(tuples)s)
        WHERE %(walk)s
    )
    UNION (
        SELECT v.photo_id
        FROM photo_facts f
        JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
        WHERE %(compare)s AND f.owner = %(owner)s
          AND passes(f.facts, f.rare, %(filter)s, %(rest)s)
        ORDER BY v.embedding <=> %(vector)s::halfvec
        LIMIT %(nearest)s
    )
    UNION SELECT surest_of_all(%(owner)s, %(sure_ids)s::int[], %(wants)s::int[], %(half)s)
    WHERE (SELECT count(*) >= %(most)s FROM by_all)
    UNION SELECT maybe_of(%(owner)s, %(maybe)s::jsonpath[], %(filter)s, %(rest)s, %(most)s)
    WHERE (SELECT count(*) < %(most)s FROM by_tag)
    UNION SELECT unnest(%(photo_ids)s::uuid[])
)
SELECT string_agg(uuid_send(f.photo_id), ''),
       string_agg(timestamp_send(f.at), ''),
       string_agg(int4send(length(f.seen)), ''),
       string_agg(f.seen, ''),
       string_agg(int4send(length(f.guesses)), ''),
       string_agg(f.guesses, ''),
       string_agg(int4send(
           CASE WHEN f.words @@ ANY ((SELECT array_agg(query) FROM said)::tsquery[])
                THEN (SELECT bit_or(1 << (n - 1)::int) FROM said WHERE f.words @@ query)
                ELSE 0 END), ''),
       string_agg(int4send(
           CASE WHEN cardinality(%(conditions)s::jsonpath[]) > 0
                THEN met(f.facts || f.rare, %(conditions)s) ELSE 0 END), ''),
       string_agg(float8send(coalesce(1 - (v.embedding <=> %(vector)s::halfvec), 'NaN')), ''),
       string_agg(float8send(coalesce(f.mood <-> %(feeling)s::point, 'NaN')), ''),
       (SELECT count(*) >= %(most)s FROM by_word) OR (SELECT count(*) >= %(most)s FROM by_all)
       OR (SELECT count(*) >= %(most)s FROM newest)
       OR (SELECT count(*) >= %(most)s FROM by_facts)
       OR EXISTS (SELECT FROM by_tag GROUP BY tag_id, most HAVING count(*) >= most)
FROM found
JOIN photo_facts f USING (photo_id)
LEFT JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
                        AND %(vector)s::halfvec IS NOT NULL
WHERE f.owner = %(owner)s
