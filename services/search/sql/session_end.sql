-- Somebody signs out.
DELETE FROM login_session WHERE token_hash = %(token_hash)s
