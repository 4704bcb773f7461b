-- What holds for everybody.
SELECT open_gallery, guests_take FROM house
