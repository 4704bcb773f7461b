-- A look found bytes or none: look again later, or be done. The tombstone tells nothing of the photo.
WITH settled AS (
    UPDATE photo
    SET status = 'deleted', updated_at = now(), filename = '', thumbhash = '', swatches = '',
        exif = '{}', taken_at = NULL, feeling = NULL
    WHERE photo_id = %(photo_id)s AND status = 'deleting'
), done AS (
    DELETE FROM doomed_blobs WHERE prefix = %(prefix)s AND %(done)s
)
UPDATE doomed_blobs
SET passes = passes + 1, due_at = now() + %(seconds)s * interval '1 second'
WHERE prefix = %(prefix)s AND NOT %(done)s
