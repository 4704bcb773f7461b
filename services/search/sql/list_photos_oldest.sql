-- One page of the gallery, oldest first, from just after the cursor.
SELECT photo_id::text AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at
FROM photo
WHERE owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
  AND (status = %(status)s OR %(status)s::text IS NULL)
  AND (%(after)s::timestamptz IS NULL
       OR (created_at, photo_id) > (%(after)s::timestamptz, %(after_id)s::uuid))
ORDER BY created_at, photo_id
LIMIT %(limit)s
