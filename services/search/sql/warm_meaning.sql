-- Walks the index of meaning from the places asked for last, so that it lies in memory; as somebody
-- who has photos, for the planner walks no index for those who have none.
SELECT count(*)
FROM embedding_model m
CROSS JOIN (SELECT owner FROM photo_vector LIMIT 1) AS somebody
CROSS JOIN LATERAL (SELECT embedding FROM query_vector q
                    WHERE q.model_id = m.model_id ORDER BY used_at DESC LIMIT 5) AS asked
CROSS JOIN LATERAL nearest_photos(asked.embedding, m.model_id, owner, NULL, NULL, 1, 100, 100)
WHERE m.active
