-- Earlier calls for the same answer whose caller never told how they ended: they may be billed, so
-- what was reserved for them counts.
UPDATE spend SET outcome = 'lost', settled_at = now()
WHERE photo_id = %(photo_id)s AND provider = %(provider)s AND version = %(version)s
  AND settled_at IS NULL AND over_at <= now()
