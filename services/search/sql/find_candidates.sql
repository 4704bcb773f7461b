-- Photos that one of the arms finds, all of them behind the same filter: the surest photos of each
-- wanted tag, those with the most of a wanted colour, those with a wanted word in their name, those
-- that have one tag of each want, the newest that meet the conditions.
WITH by_tag AS (
    SELECT found.photo_id
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
), by_word AS (
    SELECT found.photo_id
    FROM unnest(%(words)s::text[]) AS wanted (words)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s
          AND f.words @@ phraseto_tsquery('english', plain_words(wanted.words))
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        LIMIT %(most)s
    ) AS found
), by_all AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(together)s::jsonpath IS NOT NULL AND f.owner = %(owner)s
      AND f.facts @@ %(together)s::jsonpath
    LIMIT %(most)s
), newest AS (
    SELECT f.photo_id
    FROM photo_facts f
    WHERE %(newest)s AND f.owner = %(owner)s
      AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
    ORDER BY f.at DESC, f.photo_id
    LIMIT %(most)s
), by_condition AS (
    SELECT found.photo_id
    FROM unnest(%(conditions)s::jsonpath[]) AS wanted (path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = %(owner)s AND f.facts @@ wanted.path
          AND (%(filter)s::jsonpath IS NULL OR f.facts @@ %(filter)s::jsonpath)
        LIMIT %(most)s
    ) AS found
)
SELECT photo_id FROM by_tag
UNION SELECT photo_id FROM by_colour
UNION SELECT photo_id FROM by_word
UNION SELECT photo_id FROM by_all
UNION SELECT photo_id FROM newest
UNION SELECT photo_id FROM by_condition
