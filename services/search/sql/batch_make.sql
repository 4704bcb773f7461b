-- A batch of those who have waited longest; from now on their answers count as on their way.
WITH made AS (
    INSERT INTO batch (provider, version, look_at)
    VALUES (%(provider)s, %(version)s, now() + %(lease)s * interval '1 second')
    RETURNING batch_id
), chosen AS (
    UPDATE batch_photo b SET batch_id = made.batch_id
    FROM made
    WHERE b.call_id IN (
        SELECT call_id FROM batch_photo
        WHERE provider = %(provider)s AND version = %(version)s AND state = 'waiting'
          AND batch_id IS NULL AND not_before <= now()
        ORDER BY asked_at LIMIT %(most)s)
    RETURNING b.call_id
), coming AS (
    UPDATE spend s SET over_at = now() + (%(hours)s + 1) * interval '1 hour'
    FROM chosen WHERE s.call_id = chosen.call_id
)
SELECT batch_id FROM made
