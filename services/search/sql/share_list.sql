-- A gallery's links that still lead somewhere.
SELECT share_id AS id, owner, kind, photo_ids AS photos, query, strictness, title,
       password IS NOT NULL AS locked, facts, originals, created_at, expires_at, opened_at
FROM share
WHERE owner = %(owner)s AND expires_at > now()
  AND (%(share_id)s::uuid IS NULL OR share_id = %(share_id)s::uuid)
ORDER BY created_at DESC
