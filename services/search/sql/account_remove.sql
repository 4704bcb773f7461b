-- Nobody any more; sessions and keys go with the row.
DELETE FROM account WHERE account_id = %(account_id)s RETURNING account_id
