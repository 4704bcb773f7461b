-- Whose session it is, unless it is over.
SELECT a.role, a.gallery, a.account_id, a.name, s.session_id,
       (a.role <> 'guest' OR h.guests_take) AS originals, s.expires_at
FROM login_session s JOIN account a USING (account_id) CROSS JOIN house h
WHERE s.token_hash = %(token_hash)s AND s.expires_at > now()
  AND s.seen_at > now() - make_interval(days => %(idle_days)s)
