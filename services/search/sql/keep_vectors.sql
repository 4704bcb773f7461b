-- Where query texts lie, for whoever asks the same again.
INSERT INTO query_vector (model_id, text, embedding)
SELECT %(model_id)s, text, embedding::halfvec
FROM unnest(%(texts)s::text[], %(vectors)s::text[]) AS v (text, embedding)
ORDER BY text
ON CONFLICT (model_id, text) DO UPDATE SET used_at = now()
