-- How it is with one photo's answer.
SELECT b.call_id, b.state, b.text, b.tries, o.expires_at
FROM batch_photo b LEFT JOIN batch o USING (batch_id)
WHERE b.photo_id = %(photo_id)s AND b.blob_generation = %(blob_generation)s
  AND b.provider = %(provider)s AND b.version = %(version)s
FOR UPDATE OF b
