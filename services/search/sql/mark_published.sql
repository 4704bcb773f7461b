-- The broker has these; a lost one counts how often it was.
UPDATE photo
SET published_at = now(), next_at = NULL, sweeps = sweeps + %(lost)s
WHERE photo_id = ANY (%(photo_ids)s)
