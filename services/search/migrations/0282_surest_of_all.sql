-- Of photos that have several words a large gallery has thousands, which the index of facts gives as
-- they come. The surest of them are in the lists of all of these words, read best first: a thousand
-- times more photos make these lists no longer.
CREATE FUNCTION surest_of_all(whose text, tags int[], wants int[], most int)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT each.photo_id
    FROM (
        SELECT wanted.want, found.photo_id, max(found.percent) AS percent
        FROM unnest(tags, wants) AS wanted (tag_id, want)
        CROSS JOIN LATERAL (
            SELECT pt.photo_id, round(pt.confidence * 100)::smallint AS percent
            FROM photo_tag pt
            WHERE pt.owner = whose AND pt.tag_id = wanted.tag_id
            ORDER BY round(pt.confidence * 100)::smallint DESC
            -- 2,000 of each of two words: half of that missed one in twenty of the ten best.
            LIMIT 4000 / greatest(1, cardinality(tags))
        ) AS found
        GROUP BY wanted.want, found.photo_id
    ) AS each
    GROUP BY each.photo_id
    HAVING count(*) = (SELECT count(DISTINCT want) FROM unnest(wants) AS want)
    ORDER BY sum(each.percent) DESC
    LIMIT most;
END $$;

-- Which conditions a photo meets, a bit for each.
CREATE FUNCTION met(facts jsonb, conditions jsonpath[]) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bit_or(1 << (n - 1)::int), 0)
    FROM unnest(conditions) WITH ORDINALITY AS c (path, n)
    WHERE facts @@ path
$$;
