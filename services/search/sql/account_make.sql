-- An account; a member gets a gallery of its own, named after it.
WITH made AS (SELECT gen_random_uuid() AS account_id)
INSERT INTO account (account_id, name, role, gallery, password, oidc_issuer, oidc_subject)
SELECT account_id, %(name)s, %(role)s, coalesce(%(gallery)s, account_id::text), %(password)s,
       %(issuer)s, %(subject)s
FROM made
RETURNING account_id
