-- The photos nearest to a place in the space of meaning: by the index, behind the filter.
SELECT photo_id, 1 - distance
FROM nearest_photos(%(vector)s::halfvec, %(model_id)s, %(owner)s, %(filter)s::jsonpath,
                    %(rest)s::jsonpath, %(most)s, %(ef)s, %(tuples)s)
