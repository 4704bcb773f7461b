-- Photos of a link as the grid shows them, in the order of the link.
SELECT photo_id AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at
FROM unnest(%(photo_ids)s::uuid[]) WITH ORDINALITY AS wanted (photo_id, n)
JOIN photo USING (photo_id)
WHERE owner = %(owner)s AND status NOT IN ('receiving', 'deleting', 'deleted')
ORDER BY n
