-- What of each photo went with a batch, and until when its answer may come.
WITH packed AS (
    SELECT * FROM unnest(%(call_ids)s::uuid[], %(widths)s::int[], %(heights)s::int[],
                         %(sizes)s::bigint[]) AS p (call_id, width, height, bytes)
), gone AS (
    UPDATE batch_photo b SET state = 'sent' FROM packed
    WHERE b.call_id = packed.call_id AND b.batch_id = %(batch_id)s AND b.state = 'waiting'
    RETURNING b.call_id
)
UPDATE spend s
SET width = packed.width, height = packed.height, bytes = packed.bytes,
    over_at = now() + (%(hours)s + 1) * interval '1 hour'
FROM packed JOIN gone USING (call_id)
WHERE s.call_id = packed.call_id
