-- Whether this server shows less than the log up to a place, or less than it was ever sent. What
-- says that it is a primary may be an old one that nobody stopped.
SELECT CASE
    WHEN coalesce(%(place)s::pg_lsn, pg_last_wal_receive_lsn())
         <= CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                 ELSE pg_current_wal_flush_lsn() END
    THEN 'no'
    ELSE 'yes'
END
