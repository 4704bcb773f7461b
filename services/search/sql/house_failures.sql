-- Why photos of any gallery failed, the most frequent first.
SELECT reason_code AS code, max(reason_text) AS text, count(*) AS photos
FROM photo WHERE status = 'failed'
GROUP BY reason_code ORDER BY count(*) DESC LIMIT 20
