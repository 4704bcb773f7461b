-- What a link would make.
SELECT role FROM invitation WHERE token_hash = %(token_hash)s AND expires_at > now()
