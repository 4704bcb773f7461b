-- Where some words lie, by the model that answers queries.
SELECT tag_id, embedding::text
FROM tag_vector
WHERE model_id = %(model_id)s AND tag_id = ANY (%(tag_ids)s)
