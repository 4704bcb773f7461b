-- The query texts that were placed longest ago, once there are too many.
DELETE FROM query_vector
WHERE (model_id, text) IN (SELECT model_id, text FROM query_vector
                           ORDER BY used_at DESC OFFSET %(most)s)
