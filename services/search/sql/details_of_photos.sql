-- Everything known of some photos.
SELECT photo_id AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at, content_type, bytes, sha256, exif, tagger, embedder, cost, attempts
FROM photo
WHERE photo_id = ANY (%(photo_ids)s) AND owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
