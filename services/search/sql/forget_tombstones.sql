-- A month after a delete even the tombstone goes.
DELETE FROM photo p
WHERE status = 'deleted' AND deleted_at < now() - interval '30 days'
  AND NOT EXISTS (SELECT FROM doomed_blobs d WHERE d.photo_id = p.photo_id)
