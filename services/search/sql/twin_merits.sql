-- What makes one of several alike photos the best.
SELECT photo_id, width::bigint * height AS pixels, bytes, (exif <> '{}')::int AS exif, created_at
FROM photo
WHERE photo_id = ANY (%(photo_ids)s)
