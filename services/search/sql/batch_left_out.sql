-- Photos that a batch was made with and did not take along: nobody waits for these any more.
DELETE FROM batch_photo
WHERE batch_id = %(batch_id)s AND state = 'waiting' AND call_id = ANY (%(call_ids)s)
RETURNING call_id
