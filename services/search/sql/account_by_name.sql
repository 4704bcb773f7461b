-- Whom a name belongs to, however it is written.
SELECT account_id, password FROM account WHERE lower(name) = lower(%(name)s)
