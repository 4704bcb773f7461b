-- What an open page missed: each photo's latest change after a point, oldest first.
SELECT photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
       next_at
FROM photo
WHERE owner = %(owner)s AND seq > %(after)s AND status <> 'receiving'
ORDER BY seq
LIMIT %(limit)s
