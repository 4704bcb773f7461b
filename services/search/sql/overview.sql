-- What matters of all galleries together: photos by status, the oldest unfinished, what is doomed.
SELECT (SELECT coalesce(jsonb_object_agg(status, count), '{}')
        FROM (SELECT status, count(*) AS count FROM photo
              WHERE status <> 'deleted' GROUP BY status) AS by_status) AS photos,
       (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM photo
        WHERE status = 'queued') AS oldest_unfinished_seconds,
       (SELECT count(*) FROM photo WHERE status = 'queued' AND next_at < now()) AS due,
       (SELECT count(*) FROM doomed_blobs) AS doomed
