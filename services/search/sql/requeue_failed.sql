-- Every failed photo of one owner from the start again.
UPDATE photo
SET status = 'queued', generation = generation + 1, attempts = 0, waits = 0, sweeps = 0,
    next_at = now(), published_at = NULL, reason_code = '', reason_text = '',
    patient = %(patient)s,
    updated_at = now(), seq = nextval('change_seq')
WHERE owner = %(owner)s AND status = 'failed'
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
