-- What the month and the day of a moment have cost, held until the transaction ends, month first.
SELECT period, spent
FROM budget
WHERE period IN (to_char(coalesce(%(at)s, now()) AT TIME ZONE 'UTC', 'YYYY-MM'),
                 to_char(coalesce(%(at)s, now()) AT TIME ZONE 'UTC', 'YYYY-MM-DD'))
ORDER BY period
FOR UPDATE
