-- Where words lie; the first vector of a word by a model is its vector.
INSERT INTO tag_vector (model_id, tag_id, embedding)
SELECT %(model_id)s, tag_id, embedding::halfvec
FROM unnest(%(tag_ids)s::bigint[], %(vectors)s::text[]) AS v (tag_id, embedding)
ORDER BY tag_id
ON CONFLICT DO NOTHING
