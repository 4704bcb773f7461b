-- A photo waits (again) for others to go with.
INSERT INTO batch_photo (call_id, photo_id, blob_generation, provider, version)
VALUES (%(call_id)s, %(photo_id)s, %(blob_generation)s, %(provider)s, %(version)s)
ON CONFLICT (photo_id, blob_generation, provider, version) DO UPDATE
SET call_id = excluded.call_id, state = 'waiting', batch_id = NULL, text = '', told = false,
    asked_at = now(), not_before = now()
