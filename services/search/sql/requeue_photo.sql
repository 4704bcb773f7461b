-- From the start again, as a new generation and without waiting for half the price; what is shown
-- stays until the new answer is there.
UPDATE photo
SET status = 'queued', generation = generation + 1, attempts = 0, waits = 0, sweeps = 0,
    next_at = now(), published_at = NULL, reason_code = '', reason_text = '',
    patient = false,
    updated_at = now(), seq = nextval('change_seq')
WHERE photo_id = %(photo_id)s AND owner = %(owner)s
  AND status IN ('queued', 'ready', 'partial', 'failed')
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
