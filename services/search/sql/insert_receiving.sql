-- A row for a photo never seen before; nothing if it has one.
INSERT INTO photo (photo_id, owner, sha256, filename, content_type, bytes, width, height,
                   thumbhash, swatches, exif, taken_at, local_only, patient, traceparent, created_at)
VALUES (%(photo_id)s, %(owner)s, %(sha256)s, %(filename)s, %(content_type)s, %(bytes)s,
        %(width)s, %(height)s, %(thumbhash)s, %(swatches)s, %(exif)s, %(taken_at)s,
        %(local_only)s, %(patient)s, %(traceparent)s, coalesce(%(uploaded_at)s, now()))
ON CONFLICT (photo_id) DO NOTHING
