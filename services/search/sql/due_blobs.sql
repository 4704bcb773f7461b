-- Bytes that must go now.
SELECT prefix, photo_id, passes
FROM doomed_blobs
WHERE due_at <= now()
ORDER BY due_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
