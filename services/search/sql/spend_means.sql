-- What an answered call has cost lately, by provider, model and purpose.
SELECT provider, model, purpose, avg(cost) AS mean, count(*) AS calls
FROM (SELECT provider, model, purpose, cost FROM spend
      WHERE outcome = 'answered' AND cost IS NOT NULL
      ORDER BY made_at DESC LIMIT 2000) AS lately
GROUP BY provider, model, purpose
