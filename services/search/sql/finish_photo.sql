-- A result is in: the photo can be found by it.
UPDATE photo
SET status = %(status)s, applied_generation = generation, caption = %(caption)s,
    tagger = %(tagger)s, embedder = %(embedder)s, cost = %(cost)s,
    -- Whoever does not say says nothing of the pixels, which are the same.
    feeling = coalesce(%(feeling)s::point, feeling),
    guesses = nullif(%(guesses)s::int[], '{}'), guessed = nullif(%(guessed)s::smallint[], '{}'),
    reason_code = %(code)s, reason_text = %(text)s, next_at = %(next_at)s,
    attempts = 0, waits = 0, sweeps = 0, updated_at = now(), seq = nextval('change_seq')
WHERE photo_id = %(photo_id)s
RETURNING photo_id, owner, generation, seq, status, applied_generation, reason_code, reason_text,
          next_at
