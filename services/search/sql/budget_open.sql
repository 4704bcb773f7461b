-- Rows for this day and this month (UTC), if they have none yet.
INSERT INTO budget (period)
SELECT to_char(now() AT TIME ZONE 'UTC', form)
FROM unnest(ARRAY['YYYY-MM', 'YYYY-MM-DD']) AS form
ON CONFLICT DO NOTHING
