-- Bytes that must go.
INSERT INTO doomed_blobs (prefix, photo_id)
VALUES (%(prefix)s, %(photo_id)s)
ON CONFLICT (prefix) DO UPDATE SET due_at = now(), passes = 0
