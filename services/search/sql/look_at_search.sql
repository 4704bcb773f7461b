-- What matches now is no longer new.
UPDATE saved_search SET looked_at = now() WHERE owner = %(owner)s AND saved_id = %(saved_id)s
