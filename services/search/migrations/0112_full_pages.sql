-- A row that an index of its facts covers is never updated in place: room for it is only lost.
ALTER TABLE photo_facts SET (fillfactor = 100);
