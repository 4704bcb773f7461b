-- A link leads nowhere any more.
DELETE FROM share WHERE share_id = %(share_id)s AND owner = %(owner)s RETURNING share_id
