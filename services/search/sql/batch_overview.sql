-- Photos that wait for a batch or for its answer, and when the last answer should be there.
SELECT count(*) FILTER (WHERE b.state = 'waiting') AS waiting,
       count(*) FILTER (WHERE b.state = 'sent') AS sent,
       coalesce((SELECT sum(done) FROM batch WHERE state = 'sent'), 0)::int AS done,
       (SELECT count(*) FROM batch WHERE state = 'sent')::int AS batches,
       (SELECT max(expires_at) FROM batch WHERE state = 'sent') AS until
FROM batch_photo b
WHERE b.state IN ('waiting', 'sent')
