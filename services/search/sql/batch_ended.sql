-- Nothing more comes of this batch.
UPDATE batch SET state = 'ended', remote_status = %(status)s, ended_at = now()
WHERE batch_id = %(batch_id)s AND state <> 'ended'
RETURNING batch_id
