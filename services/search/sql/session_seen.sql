-- A visit, noted by the minute.
UPDATE login_session SET seen_at = now()
WHERE session_id = %(session_id)s AND seen_at < now() - interval '1 minute'
