-- Adds up what changed in how many photos have a word. Sorted, so that nobody waits in a ring.
WITH taken AS (
    DELETE FROM tag_use_change
    WHERE change_id IN (SELECT change_id FROM tag_use_change ORDER BY change_id LIMIT 2000
                        FOR UPDATE SKIP LOCKED)
    RETURNING owner, gained, lost
), moved AS (
    SELECT owner, tag_id, sum(by)::int AS by
    FROM (SELECT owner, unnest(gained) AS tag_id, 1 AS by FROM taken
          UNION ALL SELECT owner, unnest(lost), -1 FROM taken) AS each
    GROUP BY owner, tag_id
    ORDER BY owner, tag_id
)
INSERT INTO tag_use (owner, tag_id, photos)
SELECT owner, tag_id, by FROM moved
ON CONFLICT (owner, tag_id) DO UPDATE SET photos = tag_use.photos + excluded.photos
