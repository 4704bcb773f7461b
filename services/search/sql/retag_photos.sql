-- Photos looked at anew, as a new generation; what is shown stays until the new answer is there.
UPDATE photo
SET status = 'queued', generation = generation + 1, attempts = 0, waits = 0, sweeps = 0,
    next_at = now(), published_at = NULL, reason_code = '', reason_text = '', patient = %(patient)s,
    updated_at = now(), seq = nextval('change_seq')
WHERE photo_id IN (
    SELECT photo_id FROM photo
    WHERE owner = %(owner)s AND status IN ('ready', 'partial', 'failed')
      AND updated_at < %(before)s
    ORDER BY photo_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
