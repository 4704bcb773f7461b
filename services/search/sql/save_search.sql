-- Keep a question under a name; the same name again is a new question.
INSERT INTO saved_search (owner, name, query, strictness)
VALUES (%(owner)s, %(name)s, %(query)s, %(strictness)s)
ON CONFLICT (owner, name) DO UPDATE
SET query = excluded.query, strictness = excluded.strictness, looked_at = now()
RETURNING saved_id AS id, name, query, strictness, created_at, looked_at
