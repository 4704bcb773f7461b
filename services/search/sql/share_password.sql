-- What a link's password is checked against.
SELECT password FROM share WHERE token_hash = %(token_hash)s AND expires_at > now()
