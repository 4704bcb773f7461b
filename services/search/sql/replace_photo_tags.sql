-- A photo's tags by its latest result; what a person rejected stays out, what one added stays in.
WITH seen AS (
    SELECT * FROM unnest(%(tag_ids)s::bigint[], %(confidences)s::real[], %(sources)s::text[],
                         %(models)s::text[], %(evidences)s::text[])
           AS s (tag_id, confidence, source, model, evidence)
), kept AS (
    SELECT tag_id, confidence, source, model, evidence::jsonb AS evidence
    FROM seen
    WHERE NOT EXISTS (SELECT FROM tag_edit e
                      WHERE e.photo_id = %(photo_id)s AND e.tag_id = seen.tag_id)
    UNION ALL
    SELECT e.tag_id, 1, 'user', '', s.evidence::jsonb
    FROM tag_edit e LEFT JOIN seen s USING (tag_id)
    WHERE e.photo_id = %(photo_id)s AND e.verdict = 'added'
), gone AS (
    DELETE FROM photo_tag WHERE photo_id = %(photo_id)s
)
INSERT INTO photo_tag (photo_id, tag_id, owner, confidence, source, model, evidence)
SELECT %(photo_id)s, tag_id, %(owner)s, confidence, source, model, evidence FROM kept
