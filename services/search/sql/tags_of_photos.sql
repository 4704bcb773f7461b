-- What was seen in some photos, surest first.
SELECT photo_id, kind, text, confidence, source, model, evidence
FROM photo_tag JOIN tag USING (tag_id)
WHERE photo_id = ANY (%(photo_ids)s)
ORDER BY kind, confidence DESC, text
