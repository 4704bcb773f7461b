-- The words closest in meaning to each term, and the term itself where it is a word.
WITH term AS (
    SELECT number::int AS number, text, vector::halfvec AS vector
    FROM unnest(%(texts)s::text[], %(vectors)s::text[]) WITH ORDINALITY AS t (text, vector, number)
), near AS (
    SELECT term.number, found.tag_id, found.likeness
    FROM term
    CROSS JOIN LATERAL (
        SELECT tag_id, 1 - (embedding <=> term.vector) AS likeness
        FROM tag_vector
        WHERE model_id = %(model_id)s
        ORDER BY embedding <=> term.vector
        LIMIT %(limit)s
    ) AS found
    WHERE found.likeness >= %(floor)s
    UNION ALL
    SELECT term.number, tag.tag_id, 1 FROM term JOIN tag USING (text)
)
SELECT number, tag_id, kind, text, max(least(likeness, 1))::real AS likeness
FROM near JOIN tag USING (tag_id)
GROUP BY number, tag_id, kind, text
