-- Where a photo lies: in meaning, geometry, mood and colour.
SELECT halfvec_send(v.embedding) AS meaning, f.composition::text AS composition, f.mood::text AS mood,
       f.colours::text AS colour
FROM photo_facts f
LEFT JOIN photo_vector v ON v.photo_id = f.photo_id AND v.model_id = %(model_id)s
WHERE f.photo_id = %(photo_id)s AND f.owner = %(owner)s
