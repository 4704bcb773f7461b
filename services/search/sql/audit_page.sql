-- What was done, the latest first.
SELECT entry_id AS id, at, what, name, address, more
FROM audit_entry
WHERE %(before)s::bigint IS NULL OR entry_id < %(before)s::bigint
ORDER BY entry_id DESC
LIMIT %(limit)s
