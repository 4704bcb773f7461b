-- Words and traits that came since the last look. Ids may be committed out of order, so a little of
-- what is known is read again.
SELECT tag_id AS number, kind, text FROM tag WHERE tag_id > %(after_tag)s
UNION ALL
SELECT trait_id, kind, text FROM trait WHERE trait_id < %(after_trait)s
