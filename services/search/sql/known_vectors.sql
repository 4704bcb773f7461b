-- Query texts that the model placed before.
SELECT text, embedding::text
FROM query_vector
WHERE model_id = %(model_id)s AND text = ANY (%(texts)s)
