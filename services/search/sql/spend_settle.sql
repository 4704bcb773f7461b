-- What a call has cost after all; no row if it was settled before.
UPDATE spend
SET cost = %(cost)s, outcome = %(outcome)s, input_tokens = %(input_tokens)s,
    output_tokens = %(output_tokens)s, settled_at = now()
WHERE call_id = %(call_id)s AND settled_at IS NULL
RETURNING made_at, coalesce(cost, estimate) - estimate AS change
