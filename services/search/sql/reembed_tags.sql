-- Words, said or guessed, that a model has not placed yet. ``paid``: what only was seen in photos that
-- must not leave the house stays here.
SELECT t.tag_id, t.text
FROM tag t
WHERE NOT EXISTS (SELECT FROM tag_vector v
                  WHERE v.tag_id = t.tag_id AND v.model_id = %(model_id)s)
  AND (EXISTS (SELECT FROM photo_tag pt JOIN photo p USING (photo_id)
               WHERE pt.tag_id = t.tag_id AND NOT (%(paid)s AND p.local_only))
       OR EXISTS (SELECT FROM photo_facts f JOIN photo p USING (photo_id)
                  WHERE f.facts @@ format('$.maybe[*] == %%s', t.tag_id)::jsonpath
                    AND NOT (%(paid)s AND p.local_only)))
ORDER BY t.tag_id
LIMIT %(limit)s
