-- Which trace a photo's upload began, so that whatever is tried for it later is told in the same one.
ALTER TABLE photo ADD COLUMN traceparent text NOT NULL DEFAULT '';
