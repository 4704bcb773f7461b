-- Photos that one provider could not see: when it said that it would be worth asking again, else a
-- day later. While a provider is known to be down they go one by one, as probes.
UPDATE photo
SET status = 'queued', generation = generation + 1, next_at = now(), published_at = NULL,
    updated_at = now(), seq = nextval('change_seq')
WHERE photo_id IN (
    SELECT photo_id
    FROM photo
    WHERE status = 'partial'
      AND coalesce(next_at, updated_at + %(seconds)s * interval '1 second') <= now()
    ORDER BY next_at
    LIMIT CASE WHEN EXISTS (SELECT FROM provider
                            WHERE state <> 'well' AND updated_at > now() - interval '5 minutes')
               THEN 1 ELSE %(limit)s END
    FOR UPDATE SKIP LOCKED)
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
