-- Photos that one provider could not see, a day later.
UPDATE photo
SET status = 'queued', generation = generation + 1, next_at = now(), published_at = NULL,
    updated_at = now(), seq = nextval('change_seq')
WHERE status = 'partial' AND updated_at < now() - %(seconds)s * interval '1 second'
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
