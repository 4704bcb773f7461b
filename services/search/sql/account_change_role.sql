-- Another role, and with it another gallery.
UPDATE account SET role = %(role)s, gallery = %(gallery)s
WHERE account_id = %(account_id)s
RETURNING account_id
