-- The model whose vectors answer queries.
SELECT model_id, name, dimensions FROM embedding_model WHERE active
