-- One's own key opens nothing any more.
DELETE FROM api_key
WHERE key_id = %(key_id)s AND account_id = %(account_id)s
RETURNING key_id
