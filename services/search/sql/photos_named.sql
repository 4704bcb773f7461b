-- Photos by what is in them, or by the name of their file, with or without its ending.
SELECT photo_id, sha256, filename
FROM photo
WHERE owner = %(owner)s AND status NOT IN ('receiving', 'deleting', 'deleted')
  AND (sha256 = ANY (%(digests)s)
       OR filename = ANY (%(names)s)
       OR regexp_replace(filename, '\.[^.]{1,5}$', '') = ANY (%(names)s))
