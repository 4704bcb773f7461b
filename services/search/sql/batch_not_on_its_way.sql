-- Calls that were sent and will never be answered may be made anew.
UPDATE spend SET over_at = now() WHERE call_id = ANY (%(call_ids)s) AND settled_at IS NULL
