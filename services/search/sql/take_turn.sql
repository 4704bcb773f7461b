-- Whether upkeep is ours until this transaction ends; another search may be at it.
SELECT pg_try_advisory_xact_lock(hashtext('imgcap.upkeep'))
