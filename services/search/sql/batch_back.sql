-- Whoever has no answer from this batch waits for the next one, not before some time.
UPDATE batch_photo
SET state = 'waiting', batch_id = NULL, not_before = now() + %(seconds)s * interval '1 second'
WHERE batch_id = %(batch_id)s AND state = ANY (%(states)s)
RETURNING call_id
