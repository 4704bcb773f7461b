-- What of a photo waits at a provider and was not sent yet: it will not be.
DELETE FROM batch_photo
WHERE photo_id = %(photo_id)s AND provider = %(provider)s AND state = 'waiting' AND batch_id IS NULL
RETURNING call_id
