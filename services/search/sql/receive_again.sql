-- An upload begins (again): a deleted photo comes back as a new generation, with new bytes.
UPDATE photo
SET status = 'receiving',
    generation = %(generation)s,
    blob_generation = %(generation)s,
    filename = %(filename)s,
    content_type = %(content_type)s,
    width = %(width)s,
    height = %(height)s,
    thumbhash = %(thumbhash)s,
    swatches = %(swatches)s,
    exif = %(exif)s,
    taken_at = %(taken_at)s,
    local_only = %(local_only)s,
    patient = %(patient)s,
    traceparent = %(traceparent)s,
    created_at = CASE status WHEN 'receiving' THEN created_at ELSE now() END,
    updated_at = now(),
    deleted_at = NULL,
    attempts = 0, waits = 0, sweeps = 0, reason_code = '', reason_text = '', cost = 0,
    caption = '', tagger = '', embedder = ''
WHERE photo_id = %(photo_id)s
