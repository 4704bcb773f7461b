-- Whether enough photos wait, or the last one came long enough ago, or the first one far too long.
SELECT count(*) >= %(most)s
    OR max(asked_at) < now() - %(gather)s * interval '1 second'
    OR min(asked_at) < now() - %(gather)s * interval '10 seconds'
FROM batch_photo
WHERE provider = %(provider)s AND version = %(version)s AND state = 'waiting' AND batch_id IS NULL
  AND not_before <= now()
HAVING count(*) > 0
