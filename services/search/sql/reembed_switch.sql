-- This model answers queries from now on.
UPDATE embedding_model SET active = true, activated_at = clock_timestamp()
WHERE name = %(name)s
RETURNING name
