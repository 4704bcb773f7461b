-- Whatever should be published now; other sweepers see others.
SELECT photo_id, owner, generation, blob_generation, sha256, content_type, width, height,
       taken_at, exif, local_only, patient, traceparent
FROM photo
WHERE next_at <= now() AND status = 'queued'
ORDER BY next_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
