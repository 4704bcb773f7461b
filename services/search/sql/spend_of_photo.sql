-- What of a photo left the house, when, to whom, and what it cost. What waits for a batch has not.
SELECT provider, model, prompt, purpose, width, height, bytes, words, made_at AS at, outcome,
       coalesce(cost, estimate) AS cost
FROM spend
WHERE photo_id = %(photo_id)s AND owner = %(owner)s
  AND NOT (purpose = 'vision-batch' AND bytes = 0 AND outcome IN ('open', 'withdrawn'))
ORDER BY made_at, call_id
LIMIT 200
