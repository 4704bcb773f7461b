-- Published again and again without any answer: a person should look.
UPDATE photo
SET status = 'failed', reason_code = 'stalled', next_at = NULL, updated_at = now(),
    reason_text = 'no worker ever answered for this photo', seq = nextval('change_seq')
WHERE status = 'queued' AND sweeps > %(most)s
  AND next_at IS NULL AND published_at < now() - %(seconds)s * interval '1 second'
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
