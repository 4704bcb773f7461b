-- One's own session ends, wherever it is.
DELETE FROM login_session
WHERE session_id = %(session_id)s AND account_id = %(account_id)s
RETURNING session_id
