-- Photos by status, the oldest that is not finished, words in use, money spent.
SELECT (SELECT coalesce(jsonb_object_agg(status, count), '{}')
        FROM (SELECT status, count(*) AS count FROM photo
              WHERE owner = %(owner)s AND status NOT IN ('receiving', 'deleted')
              GROUP BY status) AS by_status) AS photos,
       (SELECT extract(epoch FROM now() - min(created_at))::float8 FROM photo
        WHERE owner = %(owner)s AND status = 'queued') AS oldest_unfinished_seconds,
       (SELECT count(*) FROM tag) AS tags,
       (SELECT coalesce(sum(cost), 0) FROM photo WHERE owner = %(owner)s) AS spent
