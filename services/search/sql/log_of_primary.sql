-- How far the log is written that replicas show: everything acknowledged lies before.
SELECT pg_current_wal_flush_lsn()::text
