-- Which of these words some photo of the gallery perhaps has.
SELECT tag_id
FROM unnest(%(tag_ids)s::int[]) AS tag_id
WHERE EXISTS (SELECT FROM photo_facts
              WHERE owner = %(owner)s AND facts @@ format('$.maybe[*] == %%s', tag_id)::jsonpath)
