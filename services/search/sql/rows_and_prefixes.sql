-- Every photo that has bytes, and where they are; those on their way out apart.
SELECT photo_id, status, blob_generation FROM photo WHERE status <> 'deleted'
