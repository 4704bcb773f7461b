-- Whose key it is, unless it is over.
SELECT a.role, a.gallery, a.account_id, a.name, k.key_id, k.scopes, k.expires_at,
       (a.role <> 'guest' OR h.guests_take) AS originals
FROM api_key k JOIN account a USING (account_id) CROSS JOIN house h
WHERE k.key_id = %(key_id)s AND k.secret_hash = %(secret_hash)s
  AND (k.expires_at IS NULL OR k.expires_at > now())
