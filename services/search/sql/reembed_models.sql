-- Every model that vectors are kept of, the one that answers first.
SELECT name, dimensions, active, activated_at,
       (SELECT count(*) FROM photo_vector v WHERE v.model_id = m.model_id) AS photos
FROM embedding_model m
ORDER BY active DESC, activated_at DESC NULLS LAST, name
