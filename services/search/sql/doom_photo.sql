-- Out of every answer at once; its bytes follow.
UPDATE photo
SET status = 'deleting', generation = generation + 1, applied_generation = 0,
    deleted_at = now(), updated_at = now(), next_at = NULL, seq = nextval('change_seq'),
    reason_code = '', reason_text = '', caption = '', guesses = NULL, guessed = NULL
WHERE photo_id = %(photo_id)s AND owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
RETURNING photo_id, owner, generation, blob_generation, seq, status, applied_generation,
          reason_code, reason_text, next_at
