-- A link is used up by its use.
DELETE FROM invitation
WHERE token_hash = %(token_hash)s AND expires_at > now()
RETURNING role
