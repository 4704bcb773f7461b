-- What somebody did.
INSERT INTO audit_entry (what, account_id, name, address, more)
VALUES (%(what)s, %(account_id)s, %(name)s, %(address)s, %(more)s)
