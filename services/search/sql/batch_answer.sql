-- One photo's answer has come, or will not come.
UPDATE batch_photo
SET state = %(verdict)s, text = %(text)s, told = false,
    tries = tries + CASE %(verdict)s WHEN 'again' THEN 1 ELSE 0 END
WHERE batch_id = %(batch_id)s AND call_id = %(call_id)s AND state = 'sent'
