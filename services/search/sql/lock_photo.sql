-- One photo's row, held until the transaction ends.
SELECT photo_id, owner, sha256, filename, content_type, status, generation, blob_generation,
       applied_generation, attempts, waits, sweeps
FROM photo
WHERE photo_id = %(photo_id)s
FOR UPDATE
