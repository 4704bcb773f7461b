-- All that was ever seen in a photo or said of it.
WITH tags AS (DELETE FROM photo_tag WHERE photo_id = %(photo_id)s),
     edits AS (DELETE FROM tag_edit WHERE photo_id = %(photo_id)s)
DELETE FROM photo_vector WHERE photo_id = %(photo_id)s
