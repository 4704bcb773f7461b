-- The rows of a page of hits, as the grid shows them, with who says so of their wanted tags.
SELECT photo_id::text AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption,
       reason_code, reason_text, next_at,
       (SELECT jsonb_object_agg(tag_id, source)::text
        FROM photo_tag pt
        WHERE pt.photo_id = p.photo_id AND pt.tag_id = ANY (%(tag_ids)s::bigint[])) AS sources
FROM photo p
WHERE photo_id = ANY (%(photo_ids)s::uuid[]) AND status NOT IN ('receiving', 'deleting', 'deleted')
