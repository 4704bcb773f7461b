-- Which of these phrases are tags as they stand.
SELECT DISTINCT text FROM tag WHERE text = ANY (%(phrases)s)
