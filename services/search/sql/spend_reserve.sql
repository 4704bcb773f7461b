-- A call that is about to be made.
INSERT INTO spend (call_id, photo_id, owner, provider, model, prompt, purpose, width, height, bytes,
                   words, estimate, version, over_at)
VALUES (%(call_id)s, %(photo_id)s, %(owner)s, %(provider)s, %(model)s, %(prompt)s, %(purpose)s,
        %(width)s, %(height)s, %(bytes)s, %(words)s, %(estimate)s, %(version)s,
        now() + %(seconds)s * interval '1 second')
ON CONFLICT (call_id) DO NOTHING
RETURNING call_id
