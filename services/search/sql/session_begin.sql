-- Somebody signs in; sessions that are over go by the way.
WITH swept AS (DELETE FROM login_session WHERE expires_at < now())
INSERT INTO login_session (token_hash, account_id, agent, expires_at)
VALUES (%(token_hash)s, %(account_id)s, %(agent)s, now() + make_interval(days => %(days)s))
