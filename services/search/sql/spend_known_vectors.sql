-- The vectors that these words have in a model, whatever their kind.
SELECT DISTINCT ON (t.text) t.text, v.embedding::text AS vector
FROM tag t
JOIN tag_vector v USING (tag_id)
JOIN embedding_model m USING (model_id)
WHERE t.text = ANY (%(texts)s) AND m.name = %(model)s AND m.dimensions = %(dimensions)s
ORDER BY t.text
