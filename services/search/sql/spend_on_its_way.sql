-- Until when an earlier call for the same answer may still be on its way.
SELECT max(over_at)
FROM spend
WHERE photo_id = %(photo_id)s AND provider = %(provider)s AND version = %(version)s
  AND settled_at IS NULL AND over_at > now()
