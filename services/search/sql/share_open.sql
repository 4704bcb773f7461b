-- Where a link leads.
UPDATE share SET opened_at = now()
WHERE token_hash = %(token_hash)s AND expires_at > now()
RETURNING share_id AS id, owner, kind, photo_ids AS photos, query, strictness, title,
          password IS NOT NULL AS locked, facts, originals, created_at, expires_at, opened_at
