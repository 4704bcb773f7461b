-- Published long ago, and nothing came of it.
SELECT photo_id, owner, generation, blob_generation, sha256, content_type, width, height,
       taken_at, exif, local_only, patient, traceparent
FROM photo
WHERE status = 'queued' AND next_at IS NULL
  AND coalesce(published_at, updated_at) < now() - %(seconds)s * interval '1 second'
ORDER BY published_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
