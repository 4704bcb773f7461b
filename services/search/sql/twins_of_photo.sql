-- Photos that look the same as this one.
SELECT twin_id FROM photo_twin WHERE photo_id = %(photo_id)s AND owner = %(owner)s
UNION
SELECT photo_id FROM photo_twin WHERE twin_id = %(photo_id)s AND owner = %(owner)s
