-- Everybody who has an account.
SELECT account_id AS id, name, role, created_at,
       (SELECT max(seen_at) FROM login_session s WHERE s.account_id = a.account_id) AS seen_at
FROM account a
ORDER BY created_at
