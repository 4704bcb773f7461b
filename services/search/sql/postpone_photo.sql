-- A try failed: when the next one is, or that there is none.
UPDATE photo
SET status = %(status)s, attempts = %(attempts)s, waits = %(waits)s,
    next_at = greatest(now() + %(seconds)s * interval '1 second', %(not_before)s::timestamptz),
    reason_code = %(code)s, reason_text = %(text)s, updated_at = now(),
    seq = nextval('change_seq')
WHERE photo_id = %(photo_id)s
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
