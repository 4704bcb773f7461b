-- What nobody waits for any more: of deleted or replaced photos, never sent, or fetched long ago.
DELETE FROM batch_photo b
WHERE (b.state = 'waiting' AND b.batch_id IS NULL
       AND (b.asked_at < now() - interval '3 days'
            OR NOT EXISTS (SELECT FROM photo p
                           WHERE p.photo_id = b.photo_id AND p.blob_generation = b.blob_generation
                             AND p.status NOT IN ('deleting', 'deleted'))))
   OR (b.told AND b.asked_at < now() - interval '7 days')
RETURNING b.call_id, b.state
