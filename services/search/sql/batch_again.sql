-- Whoever has no answer from this batch is asked about anew, which counts as a try.
UPDATE batch_photo
SET state = 'again', tries = tries + 1, told = false
WHERE batch_id = %(batch_id)s AND state IN ('waiting', 'sent')
RETURNING call_id
