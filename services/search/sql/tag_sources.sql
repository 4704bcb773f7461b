-- Who says so, of some tags of some photos.
SELECT photo_id, tag_id, source
FROM photo_tag
WHERE photo_id = ANY (%(photo_ids)s) AND tag_id = ANY (%(tag_ids)s)
