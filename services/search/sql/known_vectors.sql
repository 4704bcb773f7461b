-- Query texts that the model placed before.
SELECT text, halfvec_send(embedding)
FROM query_vector
WHERE model_id = %(model_id)s AND text = ANY (%(texts)s)
