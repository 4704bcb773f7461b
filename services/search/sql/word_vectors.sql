-- Where some words lie, by the model that answers queries; in bytes, for there may be many.
SELECT tag_id, halfvec_send(embedding)
FROM tag_vector
WHERE model_id = %(model_id)s AND tag_id = ANY (%(tag_ids)s)
