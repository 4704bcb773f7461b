-- Whom an OIDC provider means.
SELECT account_id FROM account WHERE oidc_issuer = %(issuer)s AND oidc_subject = %(subject)s
