-- The batch that has waited longest for somebody to look after it; it is theirs for a while.
UPDATE batch SET look_at = now() + %(lease)s * interval '1 second'
WHERE batch_id = (
    SELECT batch_id FROM batch
    WHERE provider = %(provider)s AND look_at <= now()
      AND (state = 'sent' OR (state = 'filling' AND version = %(version)s))
    ORDER BY look_at LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING batch_id, state, remote_id, expires_at
