-- A change that people should see, but no new work.
UPDATE photo
SET updated_at = now(), seq = nextval('change_seq')
WHERE photo_id = %(photo_id)s
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
