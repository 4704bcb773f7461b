-- The rows of a page of hits, as the grid shows them.
SELECT photo_id AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at
FROM photo
WHERE photo_id = ANY (%(photo_ids)s) AND status NOT IN ('receiving', 'deleting', 'deleted')
