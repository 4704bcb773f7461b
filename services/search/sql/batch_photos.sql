-- Whom a batch is for, and whether they are still wanted.
SELECT b.call_id, b.photo_id, b.blob_generation, b.version,
       EXISTS (SELECT FROM photo p
               WHERE p.photo_id = b.photo_id AND p.blob_generation = b.blob_generation
                 AND NOT p.local_only AND p.status NOT IN ('deleting', 'deleted')) AS wanted
FROM batch_photo b
WHERE b.batch_id = %(batch_id)s AND b.state IN ('waiting', 'sent')
ORDER BY b.asked_at, b.call_id
