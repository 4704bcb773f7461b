-- Photos whose answer is there (or will never be) fetch it now; those that another try has not
-- ended with yet are woken when it has.
WITH over AS (
    SELECT b.call_id, b.photo_id, p.status IN ('partial', 'queued') AS waits
    FROM batch_photo b LEFT JOIN photo p USING (photo_id)
    WHERE b.state IN ('answered', 'refused', 'again') AND NOT b.told
      AND NOT coalesce(p.status = 'queued' AND p.next_at IS NULL, false)
    ORDER BY b.asked_at LIMIT %(limit)s
    FOR UPDATE OF b SKIP LOCKED
), told AS (
    UPDATE batch_photo b SET told = true FROM over WHERE b.call_id = over.call_id
)
UPDATE photo SET next_at = now()
FROM over
WHERE photo.photo_id = over.photo_id AND over.waits
