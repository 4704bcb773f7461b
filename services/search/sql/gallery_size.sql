-- About how many photos search knows of; exactly while there are few.
SELECT CASE WHEN reltuples > 20000 THEN reltuples::bigint
            ELSE (SELECT count(*) FROM photo_facts) END
FROM pg_class
WHERE oid = 'photo_facts'::regclass
