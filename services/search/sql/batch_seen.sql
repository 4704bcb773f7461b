-- How a batch is at the provider, and when to look again.
UPDATE batch
SET remote_status = %(status)s, done = %(done)s,
    look_at = now() + %(look_after)s * interval '1 second'
WHERE batch_id = %(batch_id)s AND state <> 'ended'
