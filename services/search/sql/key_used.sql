-- A key's use, noted by the minute.
UPDATE api_key SET used_at = now()
WHERE key_id = %(key_id)s AND (used_at IS NULL OR used_at < now() - interval '1 minute')
