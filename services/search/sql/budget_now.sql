-- What this month and this day have cost, and when they end.
SELECT unit, coalesce(spent, 0) AS spent,
       (date_trunc(unit, now(), 'UTC') + ('1 ' || unit)::interval) AS until
FROM (VALUES ('day', 'YYYY-MM-DD'), ('month', 'YYYY-MM')) AS of (unit, form)
LEFT JOIN budget ON period = to_char(now() AT TIME ZONE 'UTC', form)
