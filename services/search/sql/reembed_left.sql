-- How much a model has still to place.
SELECT (SELECT count(*) FROM photo p
        WHERE p.applied_generation > 0 AND p.status NOT IN ('receiving', 'deleting', 'deleted')
          AND NOT EXISTS (SELECT FROM photo_vector v WHERE v.photo_id = p.photo_id
                          AND v.model_id = %(model_id)s)) AS photos,
       (SELECT count(*) FROM tag t
        WHERE EXISTS (SELECT FROM photo_tag pt JOIN photo p USING (photo_id)
                      WHERE pt.tag_id = t.tag_id AND NOT (%(paid)s AND p.local_only))
          AND NOT EXISTS (SELECT FROM tag_vector v WHERE v.tag_id = t.tag_id
                          AND v.model_id = %(model_id)s)) AS words
