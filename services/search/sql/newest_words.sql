-- How far words and traits go, and which model answers queries: whether there is anything to learn.
SELECT (SELECT max(tag_id) FROM tag), (SELECT min(trait_id) FROM trait),
       (SELECT model_id FROM embedding_model WHERE active)
