-- One page of the gallery, newest first, from just after the cursor.
SELECT photo_id::text AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at
FROM photo
WHERE owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
  AND (status = %(status)s OR %(status)s::text IS NULL)
  AND (%(before)s::timestamptz IS NULL
       OR (created_at, photo_id) < (%(before)s::timestamptz, %(before_id)s::uuid))
ORDER BY created_at DESC, photo_id DESC
LIMIT %(limit)s
