-- What each of the last days has cost, by provider and model.
SELECT to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, provider, model, count(*) AS calls,
       count(*) FILTER (WHERE outcome = 'answered') AS answered,
       sum(bytes)::bigint AS bytes, sum(coalesce(cost, estimate)) AS cost
FROM spend
WHERE made_at > now() - %(days)s * interval '1 day'
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 2, 3
LIMIT 1000
