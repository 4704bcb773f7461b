-- One embedding model by name.
SELECT model_id, dimensions, active FROM embedding_model WHERE name = %(name)s
