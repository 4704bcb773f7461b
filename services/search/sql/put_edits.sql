-- A person's verdicts on tags of one photo; the last word counts.
INSERT INTO tag_edit (photo_id, tag_id, verdict)
SELECT %(photo_id)s, tag_id, %(verdict)s FROM unnest(%(tag_ids)s::bigint[]) AS e (tag_id)
ON CONFLICT (photo_id, tag_id) DO UPDATE SET verdict = excluded.verdict, edited_at = now()
