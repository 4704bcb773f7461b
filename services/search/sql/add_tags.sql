-- Words never seen before. Sorted, so that two transactions never wait for each other in a ring.
INSERT INTO tag (kind, text)
SELECT DISTINCT w.kind, w.text
FROM unnest(%(kinds)s::text[], %(texts)s::text[]) AS w (kind, text)
WHERE NOT EXISTS (SELECT FROM tag t WHERE t.kind = w.kind AND t.text = w.text)
ORDER BY w.kind, w.text
ON CONFLICT DO NOTHING
