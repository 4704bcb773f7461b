-- Uploads that never ended: what was stored of them goes, and a tombstone stays.
UPDATE photo
SET status = 'deleting', generation = generation + 1, deleted_at = now(), updated_at = now()
WHERE status = 'receiving' AND updated_at < now() - %(seconds)s * interval '1 second'
RETURNING photo_id, blob_generation
