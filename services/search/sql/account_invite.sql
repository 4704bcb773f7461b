-- A link that makes one account; those that are too old go by the way.
WITH swept AS (DELETE FROM invitation WHERE expires_at < now())
INSERT INTO invitation (token_hash, role, expires_at)
VALUES (%(token_hash)s, %(role)s, now() + make_interval(hours => %(hours)s))
RETURNING role, expires_at
