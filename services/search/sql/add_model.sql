-- A model seen for the first time; the very first one answers queries.
INSERT INTO embedding_model (name, dimensions, active)
VALUES (%(name)s, %(dimensions)s, NOT EXISTS (SELECT FROM embedding_model WHERE active))
ON CONFLICT (name) DO NOTHING
