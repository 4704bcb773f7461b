-- Words in use, said or guessed, that the active model has not placed yet (people add them).
-- ``shown``: of a photo that may leave the house; the others are only for an embedder at home.
SELECT t.tag_id, t.text,
       EXISTS (SELECT FROM photo_tag pt JOIN photo p USING (photo_id)
               WHERE pt.tag_id = t.tag_id AND NOT p.local_only)
       OR EXISTS (SELECT FROM photo_facts f JOIN photo p USING (photo_id)
                  WHERE f.facts @@ perhaps.path AND NOT p.local_only) AS shown
FROM tag t
JOIN embedding_model m ON m.active
CROSS JOIN LATERAL (SELECT format('$.maybe[*] == %%s', t.tag_id)::jsonpath AS path) AS perhaps
WHERE NOT EXISTS (SELECT FROM tag_vector v WHERE v.tag_id = t.tag_id AND v.model_id = m.model_id)
  AND (EXISTS (SELECT FROM photo_tag pt WHERE pt.tag_id = t.tag_id)
       OR EXISTS (SELECT FROM photo_facts f WHERE f.facts @@ perhaps.path))
ORDER BY shown DESC
LIMIT %(limit)s
