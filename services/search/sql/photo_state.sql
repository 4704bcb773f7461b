-- What a worker asks before it pays, and the gateway before it serves bytes.
SELECT status, generation, blob_generation, filename, content_type, sha256
FROM photo
WHERE photo_id = %(photo_id)s AND (owner = %(owner)s OR %(owner)s::text IS NULL)
