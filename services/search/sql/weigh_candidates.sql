-- Photos that one of the arms finds, and what speaks for each. All arms stand behind the same filter:
-- the surest photos of each wanted tag, those with the most of a wanted colour, those with a wanted
-- word in their name, those that have one tag of each want (as they come, and if there are too many
-- the surest of them), those that meet a condition, the newest, the nearest in meaning and on the map
-- of moods, those that perhaps have a wanted tag (where few surely have it), and photos that the
-- caller names. One row: what is said of each photo in the database's own binary form, one after the
-- other, and their tags likewise: hundreds of rows of arrays cost more on the way than to find.
WITH passing AS NOT MATERIALIZED (
    SELECT *
    FROM photo_facts f
    WHERE owner = %(owner)s AND passes(facts, rare, seen, %(filter)s, %(rest)s)
), by_tag AS (
    SELECT photo_id, tag_id, most
    FROM unnest(%(tag_ids)s::int[], %(limits)s::int[]) AS wanted (tag_id, most)
    CROSS JOIN LATERAL (
        SELECT pt.photo_id
        FROM photo_tag pt
        WHERE pt.owner = %(owner)s AND pt.tag_id = wanted.tag_id
          -- No join: without a filter nobody asks for the facts.
          AND (%(filter)s IS NULL AND %(rest)s IS NULL
               OR EXISTS (SELECT FROM passing f WHERE f.photo_id = pt.photo_id))
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
        FROM passing f
        WHERE f.words @@ wanted.query
        LIMIT %(most)s
    ) AS found
), by_all AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(together)s::jsonpath IS NOT NULL AND f.owner = %(owner)s
      AND f.facts @@ %(together)s::jsonpath AND passes(f.facts, f.rare, f.seen, NULL, %(rest)s)
    LIMIT %(most)s
), newest AS (
    SELECT f.photo_id
    FROM passing f
    WHERE %(newest)s
    ORDER BY f.at DESC, f.photo_id
    LIMIT %(most)s
), by_facts AS (
    SELECT found.photo_id
    FROM unnest(%(keys)s::jsonpath[], %(conditions)s::jsonpath[]) AS wanted (key, path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM passing f
        WHERE f.facts @@ wanted.key AND whole(f.facts, f.rare, f.seen) @@ wanted.path
        LIMIT %(most)s
    ) AS found
), found AS (
    SELECT photo_id, max(near) AS near
    FROM (
        SELECT photo_id, NULL::float8 AS near FROM by_tag
        UNION ALL SELECT photo_id, NULL FROM by_word
        UNION ALL SELECT photo_id, NULL FROM by_all
        UNION ALL SELECT photo_id, NULL FROM newest
        UNION ALL SELECT photo_id, NULL FROM by_facts
        UNION ALL
        SELECT with_colours(%(owner)s, %(colours)s::text[], %(filter)s, %(rest)s, %(most)s), NULL
        UNION ALL (
            SELECT f.photo_id, NULL
            FROM passing f
            WHERE %(feeling)s::point IS NOT NULL AND f.mood IS NOT NULL
            ORDER BY f.mood <-> %(feeling)s::point
            LIMIT %(most)s
        )
        UNION ALL (
            -- More of the nearest where not all that have what is wanted are weighed.
            SELECT photo_id, 1 - distance
            FROM (SELECT count(*) < %(most)s AS complete FROM by_all) AS together
            CROSS JOIN LATERAL nearest_photos(
                %(vector)s, %(model_id)s, %(owner)s, %(filter)s, %(rest)s,
                CASE WHEN complete THEN %(fewer)s::int ELSE %(nearest)s END,
                CASE WHEN complete THEN %(narrow)s::int ELSE %(ef)s END, %(tuples)s)
            WHERE %(walk)s
        )
        UNION ALL (
            SELECT v.photo_id, 1 - (v.embedding <=> %(vector)s::halfvec)
            FROM passing f
            JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
            WHERE %(compare)s
            ORDER BY v.embedding <=> %(vector)s::halfvec
            LIMIT %(nearest)s
        )
        UNION ALL
        SELECT surest_of_all(%(owner)s, %(sure_ids)s::int[], %(wants)s::int[], %(half)s), NULL
        WHERE (SELECT count(*) >= %(most)s FROM by_all)
        UNION ALL
        SELECT maybe_of(%(owner)s, %(maybe)s::jsonpath[], %(filter)s, %(rest)s, %(most)s), NULL
        WHERE (SELECT count(*) < %(most)s FROM by_tag)
        UNION ALL SELECT unnest(%(photo_ids)s::uuid[]), NULL
    ) AS ways
    GROUP BY photo_id
)
SELECT string_agg(uuid_send(f.photo_id) || timestamp_send(f.at)
           || int4send(length(f.seen)) || int4send(length(f.guesses))
           || int4send(CASE WHEN f.words @@ ANY ((SELECT array_agg(query) FROM said)::tsquery[])
                            THEN (SELECT bit_or(1 << (n - 1)::int) FROM said WHERE f.words @@ query)
                            ELSE 0 END)
           || int4send(CASE WHEN cardinality(%(conditions)s::jsonpath[]) > 0
                            THEN met(whole(f.facts, f.rare, f.seen), %(conditions)s) ELSE 0 END)
           -- Whoever was found by the vector was compared with it.
           || float8send(coalesce(near, (
                  SELECT 1 - (v.embedding <=> %(vector)s::halfvec)
                  FROM photo_vector v
                  WHERE v.photo_id = f.photo_id AND v.model_id = %(model_id)s
                    AND %(vector)s::halfvec IS NOT NULL), 'NaN'))
           || float8send(coalesce(f.mood <-> %(feeling)s::point, 'NaN')), ''),
       string_agg(f.seen, ''),
       string_agg(f.guesses, ''),
       greatest((SELECT count(*) FROM by_word), (SELECT count(*) FROM by_all),
                (SELECT count(*) FROM newest), (SELECT count(*) FROM by_facts)) >= %(most)s
       OR EXISTS (SELECT FROM by_tag GROUP BY tag_id, most HAVING count(*) >= most)
FROM found
JOIN photo_facts f USING (photo_id)
WHERE f.owner = %(owner)s
