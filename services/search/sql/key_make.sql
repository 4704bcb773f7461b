-- A key of somebody's.
INSERT INTO api_key (key_id, secret_hash, account_id, name, scopes, expires_at)
VALUES (%(key_id)s, %(secret_hash)s, %(account_id)s, %(name)s, %(scopes)s, %(expires_at)s)
RETURNING key_id AS id, name, scopes, created_at, expires_at, used_at
