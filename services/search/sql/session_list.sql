-- Where somebody is signed in.
SELECT session_id AS id, agent, created_at, seen_at, expires_at
FROM login_session
WHERE account_id = %(account_id)s AND expires_at > now()
ORDER BY seen_at DESC
