-- A question that is not worth keeping any more.
DELETE FROM saved_search WHERE owner = %(owner)s AND saved_id = %(saved_id)s RETURNING saved_id
