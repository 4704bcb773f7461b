-- A row rebuilt from its bytes goes on where they left off.
UPDATE photo
SET generation = %(generation)s, blob_generation = %(generation)s
WHERE photo_id = %(photo_id)s
