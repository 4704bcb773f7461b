-- What was seen in one photo, surest first.
SELECT kind, text, confidence, source, model, evidence
FROM photo_tag JOIN tag USING (tag_id)
WHERE photo_id = %(photo_id)s
ORDER BY kind, confidence DESC, text
