-- How many photos a gallery shows: what was added up, and what changed since.
SELECT coalesce(sum(photos), 0)::bigint
FROM (SELECT status, photos FROM photo_count WHERE owner = %(owner)s
      UNION ALL
      SELECT status, by FROM photo_count_change WHERE owner = %(owner)s) AS counted
WHERE status = %(status)s OR %(status)s::text IS NULL
