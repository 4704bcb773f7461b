-- Adds up what changed in how many photos a gallery shows. Sorted, so that nobody waits in a ring.
WITH taken AS (
    DELETE FROM photo_count_change
    WHERE change_id IN (SELECT change_id FROM photo_count_change ORDER BY change_id LIMIT 20000
                        FOR UPDATE SKIP LOCKED)
    RETURNING owner, status, by
)
INSERT INTO photo_count (owner, status, photos)
SELECT owner, status, sum(by)
FROM taken
GROUP BY owner, status
ORDER BY owner, status
ON CONFLICT (owner, status) DO UPDATE SET photos = photo_count.photos + excluded.photos
