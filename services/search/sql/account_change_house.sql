-- What holds for everybody from now on.
UPDATE house SET open_gallery = %(open_gallery)s, guests_take = %(guests_take)s
