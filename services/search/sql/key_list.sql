-- Somebody's keys.
SELECT key_id AS id, name, scopes, created_at, expires_at, used_at
FROM api_key
WHERE account_id = %(account_id)s
ORDER BY created_at
