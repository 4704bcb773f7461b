-- The ids of words.
SELECT t.tag_id, t.kind, t.text
FROM tag t
JOIN unnest(%(kinds)s::text[], %(texts)s::text[]) AS w (kind, text) USING (kind, text)
