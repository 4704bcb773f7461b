-- A batch is at the provider.
UPDATE batch
SET state = 'sent', remote_id = %(remote_id)s, remote_status = 'validating', sent_at = now(),
    expires_at = now() + %(hours)s * interval '1 hour',
    look_at = now() + %(look_after)s * interval '1 second'
WHERE batch_id = %(batch_id)s AND state = 'filling'
RETURNING batch_id
