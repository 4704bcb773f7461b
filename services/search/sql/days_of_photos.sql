-- How many photos came on each day (UTC), the newest day first.
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count
FROM photo
WHERE owner = %(owner)s AND status NOT IN ('receiving', 'deleting', 'deleted')
GROUP BY day
ORDER BY day DESC
