-- How many photos a gallery shows.
SELECT count(*)
FROM photo
WHERE owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
  AND (status = %(status)s OR %(status)s::text IS NULL)
