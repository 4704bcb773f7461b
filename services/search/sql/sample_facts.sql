-- How many of some photos, picked by chance, pass a filter.
SELECT count(*) FILTER (WHERE owner = %(owner)s AND passes(facts, rare, seen, %(filter)s::jsonpath,
                                                           %(rest)s::jsonpath)), count(*)
FROM photo_facts TABLESAMPLE SYSTEM (%(percent)s)
