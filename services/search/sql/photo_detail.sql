-- Everything known of one photo.
SELECT photo_id AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, palette, caption, reason_code,
       reason_text, next_at, content_type, bytes, sha256, exif, tagger, embedder, cost, attempts,
       local_only
FROM photo
WHERE photo_id = %(photo_id)s AND owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
