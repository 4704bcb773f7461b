-- The newest change of one owner's photos.
SELECT coalesce(max(seq), 0) FROM photo WHERE owner = %(owner)s
