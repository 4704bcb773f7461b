-- The bytes are safe: the photo may be worked on. No row if it is not being received (any more).
UPDATE photo
SET status = 'queued', published_at = now(), next_at = NULL, updated_at = now(),
    seq = nextval('change_seq')
WHERE photo_id = %(photo_id)s AND generation = %(generation)s AND status = 'receiving'
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
