-- Photos by status, the oldest that is not finished, the pace of late, why photos failed, money.
WITH count_of AS (
    SELECT status, count(*) AS photos FROM photo
    WHERE owner = %(owner)s AND status NOT IN ('receiving', 'deleted')
    GROUP BY status
), late AS (
    SELECT status, updated_at FROM photo
    WHERE owner = %(owner)s ORDER BY seq DESC LIMIT 2000
), pace AS (
    SELECT count(*) * 60 / greatest(30, extract(epoch FROM now() - min(updated_at)))::float8 AS pm
    FROM late
    WHERE status IN ('ready', 'partial', 'failed') AND updated_at > now() - interval '5 minutes'
), failure AS (
    SELECT reason_code AS code, max(reason_text) AS text, count(*) AS photos FROM photo
    WHERE owner = %(owner)s AND status = 'failed'
    GROUP BY reason_code ORDER BY count(*) DESC LIMIT 20
)
SELECT coalesce((SELECT jsonb_object_agg(status, photos) FROM count_of), '{}') AS photos,
       (SELECT extract(epoch FROM now() - min(created_at))::float8 FROM photo
        WHERE owner = %(owner)s AND status = 'queued') AS oldest_unfinished_seconds,
       (SELECT pm FROM pace) AS per_minute,
       (SELECT photos * 60 / nullif(pm, 0) FROM count_of, pace WHERE status = 'queued')
           AS backlog_seconds,
       coalesce((SELECT jsonb_agg(failure) FROM failure), '[]') AS failures,
       (SELECT count(*) FROM tag) AS tags,
       (SELECT coalesce(sum(cost), 0) FROM photo WHERE owner = %(owner)s) AS spent
